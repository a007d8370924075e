import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Target } from '../report/targets.ts';
import type { Figures, Row, SettingResult } from './result.ts';
import { figuresFor } from './result.ts';
import { targetsOf } from './targets.ts';

type Cells = readonly string[];

const speedHeads: Cells = ['', 'records/s', 'times Powertools, parallel', 'CPU ms per 1,000'];
const costHeads: Cells = ['requests per record', 'write units per record', 'read units per record'];
const againHeads: Cells = ['again: records/s', 'again: requests per record', 'again: handled'];

/** A table with what it says of the targets. Where the handler takes its time, only the speed and the requests differ. */
export function settingText(result: SettingResult, markdown: boolean): string {
  const heads =
    result.setting.handlerMs > 0
      ? [...speedHeads, ...costHeads.slice(0, 1)]
      : [...speedHeads, ...costHeads, ...againHeads];
  const theirs = figuresFor(result, 'powertools-parallel');
  const rows = result.rows.map((row) => [row.label, ...cellsOf(row, theirs)].slice(0, heads.length));
  const targets = result.setting.handlerMs > 0 ? [] : targetsOf(result);
  return [
    result.setting.title,
    '',
    markdown ? markdownTable(heads, rows) : terminalTable(heads, rows),
    ...(result.setting.delayMs > 0
      ? [
          '',
          `The process of the proxy was at work ${(100 * result.proxyBusy).toFixed(0)} % of the time at most.`,
        ]
      : []),
    '',
    ...targets.map((target) => (markdown ? `- ${plain(target)}` : colored(target))),
  ].join('\n');
}

function cellsOf(row: Row, theirs: Figures | undefined): Cells {
  if (row.kind === 'failed') return [row.reason];
  const { first, again } = row;
  const times = theirs && first.recordsPerSecond / theirs.recordsPerSecond;
  return [
    whole(first.recordsPerSecond),
    times === undefined ? '' : `${times.toFixed(1)}×`,
    whole(1_000 * first.cpuMs),
    ...[first.requests, first.writeUnits, first.readUnits].map(small),
    whole(again.recordsPerSecond),
    small(again.requests),
    handledText(again.handled),
  ];
}

const whole = (value: number): string =>
  new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 }).format(value);

const small = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(4));

const handledText = (share: number): string =>
  share === 0 ? 'none' : share === 1 ? 'all' : `${(100 * share).toFixed(1)} %`;

function terminalTable(heads: Cells, rows: readonly Cells[]): string {
  const table = new Table({
    head: [...heads],
    style: { head: [], border: [], compact: true },
    colAligns: heads.map((_, column) => (column === 0 ? 'left' : 'right')),
    colWidths: heads.map((_, column) => (column === 0 ? 26 : 13)),
    wordWrap: true,
  });
  for (const [label = '', ...cells] of rows)
    table.push(
      cells.length === 1 ? [label, { content: cells[0], colSpan: heads.length - 1 }] : [label, ...cells],
    );
  return table.toString();
}

function markdownTable(heads: Cells, rows: readonly Cells[]): string {
  const ruler = heads.map((_, column) => (column === 0 ? '---' : '--:'));
  return [heads, ruler, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const verdicts = { true: 'reached', false: 'not reached', undefined: 'not measured' } as const;

const plain = ({ aim, reached, figures }: Target): string =>
  `${aim}: ${verdicts[`${reached}`]}. ${figures}`.trim();

const colored = (target: Target): string =>
  styleText(target.reached === undefined ? 'yellow' : target.reached ? 'green' : 'red', plain(target));
