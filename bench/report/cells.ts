import { batchSizes } from '../plan.ts';
import type { BenchResult, Figures, Row } from './result.ts';
import { figuresFor } from './result.ts';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** The heads of the columns; the first is the contestant. */
export const heads: readonly string[] = [
  'µs per record (times as fast as the bare loop)',
  ...batchSizes.map((size) => `${whole.format(size)} records`),
  'bytes allocated',
  'bytes held',
];

/** The cells beside the contestant's label, or why there are none. */
export function cellsOf({ figures, reason }: Row, result: BenchResult): readonly string[] | string {
  if (figures === undefined) return reason ?? 'not measured';
  const bare = figuresFor(result, 'bare-loop');
  return [
    ...batchSizes.map((size) => timeCell(figures.bySize[size], bare?.bySize[size])),
    bytes(figures.memory?.allocated),
    bytes(figures.memory?.held),
  ];
}

const timeCell = (microseconds: number, bare: number | undefined): string =>
  bare === undefined
    ? microseconds.toFixed(2)
    : `${microseconds.toFixed(2)} (${(bare / microseconds).toFixed(2)}×)`;

const bytes = (count: number | undefined): string => (count === undefined ? '?' : whole.format(count));

export const memoryText = (memory: Figures['memory']): string =>
  `${bytes(memory?.allocated)} bytes allocated per record, ${bytes(memory?.held)} held`;
