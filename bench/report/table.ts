import Table from 'cli-table3';
import { cellsOf, heads } from './cells.ts';
import type { BenchResult } from './result.ts';

/** The table for a terminal. */
export function terminalTable(result: BenchResult): string {
  const [first = '', ...others] = heads;
  const table = new Table({
    head: [first, ...others],
    style: { head: [], border: [], compact: true },
    colAligns: heads.map((_, column) => (column === 0 ? 'left' : 'right')),
    colWidths: [41],
    wordWrap: true,
  });
  for (const row of result.rows) {
    const cells = cellsOf(row, result);
    table.push(
      typeof cells === 'string'
        ? [row.label, { content: cells, colSpan: others.length }]
        : [row.label, ...cells],
    );
  }
  return table.toString();
}

/** The same table in Markdown. */
export function markdownTable(result: BenchResult): string {
  const lines = [
    heads,
    heads.map((_, column) => (column === 0 ? '---' : '--:')),
    ...result.rows.map((row) => [row.label, ...[cellsOf(row, result)].flat()]),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
