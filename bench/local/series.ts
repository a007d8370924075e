import { median } from '../report/median.ts';

export type Unit = 'ms' | 's' | '% of a core' | 'records/s' | '×';

/** What was set out for, of one of the figures that a series is summed up in. */
export interface Aim {
  readonly figure: keyof Spread;
  readonly is: 'at most' | 'at least';
  readonly value: number;
}

/** One thing, measured several times. Plain data: it goes from process to process. */
export interface Series {
  readonly label: string;
  readonly unit: Unit;
  readonly values: readonly number[];
  readonly aims: readonly Aim[];
}

export interface Spread {
  readonly lowest: number;
  readonly median: number;
  /** The lowest value that 99 of 100 do not exceed. */
  readonly percentile99: number;
  readonly highest: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    lowest: sorted[0] ?? NaN,
    median: median(sorted),
    percentile99: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? NaN,
    highest: sorted.at(-1) ?? NaN,
  };
}

export const isReached = ({ figure, is, value }: Aim, spread: Spread): boolean =>
  is === 'at most' ? spread[figure] <= value : spread[figure] >= value;

/** The rounds as one: series of the same name are put together, in the order in which they first came. */
export const pooled = (all: readonly Series[]): readonly Series[] =>
  [...Map.groupBy(all, ({ label }) => label).values()].flatMap(([first, ...others]) =>
    first ? [{ ...first, values: [first, ...others].flatMap(({ values }) => values) }] : [],
  );
