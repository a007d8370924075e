import type { Widget } from './widgets.ts';

/** The columns of a dashboard. */
const columns = 24;

export interface PlacedWidget extends Widget {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Rows from top to bottom, each across the whole width in equal parts. */
export const placed = (rows: readonly (readonly Widget[])[]): readonly PlacedWidget[] =>
  rows.flatMap((row, index) => {
    const y = rows.slice(0, index).reduce((sum, above) => sum + heightOf(above), 0);
    const edge = (column: number): number => Math.floor((column * columns) / row.length);
    return row.map((widget, column) => ({
      ...widget,
      x: edge(column),
      y,
      width: edge(column + 1) - edge(column),
    }));
  });

const heightOf = (row: readonly Widget[]): number => Math.max(0, ...row.map(({ height }) => height));
