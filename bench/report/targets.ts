import type { BatchSize } from '../plan.ts';
import { batchSizes } from '../plan.ts';
import { memoryText } from './cells.ts';
import type { BenchResult, Figures } from './result.ts';
import { figuresFor } from './result.ts';

/** What was set out for, and what this run says of it. */
export interface Target {
  readonly aim: string;
  /** Undefined: not measured. */
  readonly reached: boolean | undefined;
  readonly figures: string;
}

const flatSizes: readonly BatchSize[] = [100, 1_000, 10_000];

export function targetsOf(result: BenchResult): readonly Target[] {
  const spillway = figuresFor(result, 'spillway');
  const withZod = figuresFor(result, 'spillway-zod');
  return [
    faster('At least as fast as the bare loop that unmarshals both images', 1, [
      spillway,
      figuresFor(result, 'bare-loop'),
    ]),
    faster('With a zod schema, at least 3 times Powertools sequential with its parser (innerSchema)', 3, [
      withZod,
      figuresFor(result, 'powertools-inner-schema'),
    ]),
    faster('The same against its parser with a schema of the whole record made by hand', 3, [
      withZod,
      figuresFor(result, 'powertools-schema'),
    ]),
    flat(spillway),
    {
      aim: 'Memory per record told',
      reached: spillway?.memory && true,
      figures: spillway?.memory ? memoryText(spillway.memory) : '',
    },
  ];
}

type Pair = readonly [ours: Figures | undefined, theirs: Figures | undefined];

function faster(aim: string, times: number, [ours, theirs]: Pair): Target {
  if (ours === undefined || theirs === undefined) return { aim, reached: undefined, figures: '' };
  const ratios = batchSizes.map((size) => ({ size, ratio: theirs.bySize[size] / ours.bySize[size] }));
  return {
    aim,
    reached: ratios.every(({ ratio }) => ratio >= times),
    figures: ratios.map(({ size, ratio }) => `${size}: ${ratio.toFixed(2)}×`).join(', '),
  };
}

function flat(ours: Figures | undefined): Target {
  const aim = 'Time per record flat within 20 % from 100 to 10,000 records';
  if (ours === undefined) return { aim, reached: undefined, figures: '' };
  const times = flatSizes.map((size) => ours.bySize[size]);
  const [least, most] = [Math.min(...times), Math.max(...times)];
  return {
    aim,
    reached: most / least <= 1.2,
    figures: `from ${least.toFixed(2)} to ${most.toFixed(2)} µs, ${((most / least - 1) * 100).toFixed(0)} %`,
  };
}
