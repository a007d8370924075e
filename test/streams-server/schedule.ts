import fc from 'fast-check';
import type { StreamsServer } from './start-streams-server.ts';

/** What happens to a stream while it is read. A shard is named by its place among those that are open. */
export type ScheduleStep =
  | { readonly kind: 'put'; readonly keys: readonly string[] }
  | { readonly kind: 'split' | 'rollOver'; readonly shard: number }
  | { readonly kind: 'emptyPages'; readonly pages: number }
  | { readonly kind: 'read'; readonly limit: number };

const shard = fc.nat({ max: 5 });

export const scheduleSteps: fc.Arbitrary<readonly ScheduleStep[]> = fc.array(
  fc.oneof<fc.WeightedArbitrary<ScheduleStep>[]>(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('put' as const),
        keys: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'), { maxLength: 12 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('split' as const), shard }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('rollOver' as const), shard }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('emptyPages' as const),
        pages: fc.integer({ min: 0, max: 4 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('read' as const), limit: fc.integer({ min: 1, max: 8 }) }),
    },
  ),
  { maxLength: 25 },
);

/** Does it, and tells of each record that was put: its key, and its version, a number that grows over the whole run. */
export function runStep(
  server: StreamsServer,
  step: ScheduleStep,
  onPut: (key: string, version: number) => void,
): void {
  switch (step.kind) {
    case 'put': {
      const before = server.shards().reduce((sum, { sequenceNumbers }) => sum + sequenceNumbers.length, 0);
      step.keys.forEach((key, index) => onPut(key, before + index));
      server.put(
        step.keys.map((key, index) => ({
          newImage: { pk: { S: key }, version: { N: String(before + index) } },
        })),
      );
      return;
    }
    case 'split':
    case 'rollOver': {
      const open = server.shards().filter(({ isOpen }) => isOpen);
      const chosen = open[step.shard % open.length];
      // With more shards than this a run only takes longer.
      if (chosen && server.shards().length < 20) server[step.kind](chosen.shardId);
      return;
    }
    case 'emptyPages':
      server.emptyPages(step.pages);
      return;
    case 'read':
      return;
  }
}
