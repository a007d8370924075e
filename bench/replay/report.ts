import { styleText } from 'node:util';
import Table from 'cli-table3';
import type { Target } from '../report/targets.ts';
import type { Figures, ReplayResult, Row } from './result.ts';
import { figuresFor } from './result.ts';
import { targetsOf } from './targets.ts';

type Cells = readonly string[];

const heads: Cells = [
  '',
  'letters/s',
  'times lumigo',
  'seconds',
  'CPU ms per 1,000',
  'queue at work',
  'peak, MB',
  'live heap, MB',
];

/** The tables with what they say of the targets. */
export function replayText(result: ReplayResult, markdown: boolean): string {
  const parts = [
    { title: '10,000 letters of 10,000 items, a handler that does nothing', rows: result.speed },
    { title: 'Memory of a replay without a ledger', rows: result.memory },
    { title: '`spillway dlq list`, as a process', rows: result.list },
  ].filter(({ rows }) => rows.length > 0);
  const theirs = figuresFor(result.speed, 'lumigo-cli');
  return [
    ...parts.flatMap(({ title, rows }) => {
      const lines = rows.map((row) => [row.label, ...cellsOf(row, theirs)]);
      return [title, '', markdown ? markdownTable(lines) : terminalTable(lines), ''];
    }),
    ...targetsOf(result).map((target) => (markdown ? `- ${plain(target)}` : colored(target))),
  ].join('\n');
}

function cellsOf(row: Row, theirs: Figures | undefined): Cells {
  if (row.kind !== 'measured') return [row.reason];
  const { lettersPerSecond, seconds, cpuMs, queueBusy, peakBytes, liveBytes } = row.figures;
  return [
    whole(lettersPerSecond),
    theirs === undefined ? '' : `${(lettersPerSecond / theirs.lettersPerSecond).toFixed(1)}×`,
    seconds.toFixed(1),
    whole(cpuMs * 1_000),
    `${(100 * queueBusy).toFixed(0)} %`,
    megabytes(peakBytes),
    liveBytes === 0 ? '' : megabytes(liveBytes),
  ];
}

const whole = (value: number): string =>
  new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 }).format(value);

const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(0);

function terminalTable(lines: readonly Cells[]): string {
  const table = new Table({
    head: [...heads],
    style: { head: [], border: [], compact: true },
    colAligns: heads.map((_, column) => (column === 0 ? 'left' : 'right')),
    colWidths: heads.map((_, column) => (column === 0 ? 36 : 11)),
    wordWrap: true,
  });
  for (const [label = '', ...cells] of lines)
    table.push(
      cells.length === 1 ? [label, { content: cells[0], colSpan: heads.length - 1 }] : [label, ...cells],
    );
  return table.toString();
}

function markdownTable(lines: readonly Cells[]): string {
  const ruler = heads.map((_, column) => (column === 0 ? '---' : '--:'));
  return [heads, ruler, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const verdicts = { true: 'reached', false: 'not reached', undefined: 'not measured' } as const;

const plain = ({ aim, reached, figures }: Target): string =>
  `${aim}: ${verdicts[`${reached}`]}. ${figures}`.trim();

const colored = (target: Target): string =>
  styleText(target.reached === undefined ? 'yellow' : target.reached ? 'green' : 'red', plain(target));
