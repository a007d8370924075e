import { measureDev } from './dev.ts';
import { measureIdle } from './idle.ts';
import { measureLatency, measurePairs } from './latency.ts';
import { measureReading } from './read-bare.ts';
import type { Series } from './series.ts';
import { measureThroughput } from './throughput.ts';

export const topics = ['latency', 'idle', 'throughput', 'dev'] as const;

export type Topic = (typeof topics)[number];

/** What is measured in a process of its own. */
export interface Part {
  readonly id: string;
  readonly topic: Topic;
  readonly measure: () => Promise<readonly Series[]>;
}

const throughputParts = (['here', 'in a process'] as const).flatMap((handler) =>
  [1_000, 100].flatMap((batchSize) =>
    [1, 10].map((parallelizationFactor): Part => ({
      id: `throughput-${handler === 'here' ? 'here' : 'process'}-${batchSize}-${parallelizationFactor}`,
      topic: 'throughput',
      measure: () => measureThroughput({ handler, batchSize, parallelizationFactor }),
    })),
  ),
);

export const parts: readonly Part[] = [
  { id: 'latency-here', topic: 'latency', measure: () => measureLatency('here') },
  { id: 'latency-process', topic: 'latency', measure: () => measureLatency('in a process') },
  { id: 'latency-pairs', topic: 'latency', measure: measurePairs },
  { id: 'idle', topic: 'idle', measure: measureIdle },
  { id: 'throughput-reading', topic: 'throughput', measure: measureReading },
  ...throughputParts,
  { id: 'dev', topic: 'dev', measure: measureDev },
];
