/** A column of a table has a border and a space on each side, and the table one more border. */
const aroundColumn = 3;
/** Below this nothing is to be made of a cell. */
const leastWidth = 8;

/**
 * The widths of a table's columns, spaces included, so that it fits: the widest are cut, each to the same width. Undefined:
 * it does not fit.
 * @param whole the place of a column that is not cut: an id, by which the row is named elsewhere
 */
export function fitWidths(
  natural: readonly number[],
  columns: number,
  whole: number,
): readonly number[] | undefined {
  const room = columns - natural.length * aroundColumn - 1;
  const fitted = (limit: number) =>
    natural.map((width, index) => (index === whole ? width : Math.min(width, limit)));
  const total = (limit: number) => fitted(limit).reduce((sum, width) => sum + width, 0);
  let limit = Math.max(leastWidth, ...natural);
  while (limit > leastWidth && total(limit) > room) limit -= 1;
  return total(limit) > room ? undefined : fitted(limit).map((width) => width + 2);
}
