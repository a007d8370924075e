import Table from 'cli-table3';
import type { Aim, Series, Unit } from './series.ts';
import { isReached, spreadOf } from './series.ts';

const heads: readonly string[] = ['', 'values', 'lowest', 'median', '99 %', 'highest', 'aim'];

const digits: Readonly<Record<Unit, number>> = { ms: 1, s: 1, '% of a core': 1, 'records/s': 0, '×': 2 };

const figureNames: Readonly<Record<Aim['figure'], string>> = {
  lowest: 'lowest',
  median: 'median',
  percentile99: '99 %',
  highest: 'highest',
};

function cellsOf({ label, unit, values, aims }: Series): readonly string[] {
  const spread = spreadOf(values);
  const number = new Intl.NumberFormat('en-US', {
    minimumFractionDigits: digits[unit],
    maximumFractionDigits: digits[unit],
  });
  const aimTexts = aims.map((aim) => {
    const verdict = isReached(aim, spread) ? 'reached' : 'not reached';
    return `${figureNames[aim.figure]} ${aim.is} ${number.format(aim.value)}: ${verdict}`;
  });
  return [
    `${label} (${unit})`,
    String(values.length),
    ...[spread.lowest, spread.median, spread.percentile99, spread.highest].map((value) =>
      number.format(value),
    ),
    aimTexts.join('; '),
  ];
}

/** The table for a terminal. */
export function terminalTable(all: readonly Series[]): string {
  const table = new Table({
    head: [...heads],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'left'],
    colWidths: [58, null, null, null, null, null, 32],
    wordWrap: true,
  });
  for (const series of all) table.push([...cellsOf(series)]);
  return table.toString();
}

/** The same table in Markdown. */
export function markdownTable(all: readonly Series[]): string {
  const ruler = heads.map((_, column) => (column === 0 || column === heads.length - 1 ? '---' : '--:'));
  return [heads, ruler, ...all.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
