import { styleText } from 'node:util';
import CliTable from 'cli-table3';
import type { Target } from '../report/targets.ts';
import { theirs } from './contestants.ts';
import type { Figures, Row, Table } from './result.ts';
import { figuresFor } from './result.ts';
import { targetsOf } from './targets.ts';
import type { Worth } from './worth.ts';

type Cells = readonly string[];

const columns: readonly { readonly head: string; readonly of: (figures: Figures) => number }[] = [
  { head: 'minified, KB', of: ({ bytes }) => bytes / 1_000 },
  { head: 'zipped, KB', of: ({ zipBytes }) => zipBytes / 1_000 },
  { head: 'import, ms', of: ({ importMs }) => importMs },
  { head: 'import, CPU ms', of: ({ importCpuMs }) => importCpuMs },
  { head: 'first record, ms', of: ({ firstRecordMs }) => firstRecordMs },
  { head: 'both, ms', of: ({ togetherMs }) => togetherMs },
  { head: 'both, CPU ms', of: ({ cpuMs }) => cpuMs },
  { head: 'first letter, ms', of: ({ firstLetterMs }) => firstLetterMs },
];
const heads: Cells = ['', ...columns.map(({ head }) => head)];
const worthHeads: Cells = ['left out', 'minified, KB', 'zipped, KB'];

/** The tables with what they say of the targets. In brackets: the share of the consumer that the aim names. */
export function coldStartText(tables: readonly Table[], worth: readonly Worth[], markdown: boolean): string {
  const write = markdown ? markdownTable : terminalTable;
  return [
    ...tables.flatMap((table) => {
      const whole = figuresFor(table, theirs.id);
      const lines = table.rows.map((row) => [row.label, ...cellsOf(row, whole)]);
      return [table.setting.label, '', write(heads, lines), ''];
    }),
    'What a setting of serverless.yml is worth to Spillway',
    '',
    write(worthHeads, worth.map(worthCells)),
    '',
    ...targetsOf(tables).map((target) => (markdown ? `- ${plain(target)}` : colored(target))),
  ].join('\n');
}

function cellsOf(row: Row, whole: Figures | undefined): Cells {
  if (row.kind === 'failed') return [`failed: ${row.reason}`];
  return columns.map(({ of }) => {
    const value = of(row.figures);
    const share = whole === undefined ? '' : ` (${((100 * value) / of(whole)).toFixed(0)} %)`;
    return `${value.toFixed(value < 100 ? 1 : 0)}${share}`;
  });
}

const worthCells = ({ left, bytes, zipBytes }: Worth): Cells => [
  left,
  (bytes / 1_000).toFixed(0),
  (zipBytes / 1_000).toFixed(0),
];

function terminalTable(heads: Cells, lines: readonly Cells[]): string {
  const table = new CliTable({
    head: [...heads],
    style: { head: [], border: [], compact: true },
    colAligns: heads.map((_, column) => (column === 0 ? 'left' : 'right')),
    colWidths: heads.map((_, column) => (column === 0 ? 34 : 14)),
    wordWrap: true,
  });
  for (const [label = '', ...cells] of lines)
    table.push(
      cells.length === 1 ? [label, { content: cells[0], colSpan: heads.length - 1 }] : [label, ...cells],
    );
  return table.toString();
}

function markdownTable(heads: Cells, lines: readonly Cells[]): string {
  const ruler = heads.map((_, column) => (column === 0 ? '---' : '--:'));
  return [heads, ruler, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const verdicts = { true: 'reached', false: 'not reached', undefined: 'not measured' } as const;

const plain = ({ aim, reached, figures }: Target): string =>
  `${aim}: ${verdicts[`${reached}`]}. ${figures}`.trim();

const colored = (target: Target): string =>
  styleText(target.reached === undefined ? 'yellow' : target.reached ? 'green' : 'red', plain(target));
