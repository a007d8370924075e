import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelRecord, World } from './checkpoint-delivery.ts';
import { deliver } from './checkpoint-delivery.ts';
import { runLane } from './checkpoint-mapping.ts';
import { testClock } from './checkpoint-store.ts';

const routes = ['tell-customer', 'audit', 'reserve-stock'];

const anyShard: fc.Arbitrary<readonly ModelRecord[]> = fc
  .array(
    fc.record({
      step: fc.bigInt({ min: 1n, max: 10n ** 20n }),
      routes: fc.subarray(routes, { minLength: 1 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((plans) => {
    let number = 99_999_999_999_999_999_990n;
    return plans.map(({ step, routes: some }) => ({
      sequenceNumber: String((number += step)),
      routes: some,
    }));
  });
const choices = fc.noBias(fc.infiniteStream(fc.nat({ max: 1_000_000_006 })));

const newWorld = (stream: fc.Stream<number>, rules: Pick<World, 'isFaulty' | 'isPromising'>): World => ({
  ...rules,
  clock: testClock(),
  entries: new Map(),
  pick: (n) => (n < 2 ? 0 : Number(stream.next().value ?? 0) % n),
  truth: new Map(),
  promisedFrom: new Map(),
  promisedTo: new Map(),
  seen: { promisesKept: 0, crashes: 0, flushes: 0, silentBatches: 0 },
});

describe("guarantee: 'checkpoint', against a model of Lambda that delivers again in every way that it knows", () => {
  it('Promise 1 and 4: answers settled for all that was written, for nothing that was not settled, at its price', async () => {
    const seen = { promisesKept: 0, crashes: 0, flushes: 0, silentBatches: 0 };
    await fc.assert(
      fc.asyncProperty(anyShard, choices, fc.boolean(), async (shard, stream, isFaulty) => {
        const world = newWorld(stream, { isFaulty, isPromising: true });
        await runLane(world, shard, 30);
        for (const name of ['promisesKept', 'crashes', 'flushes', 'silentBatches'] as const)
          seen[name] += world.seen[name];
      }),
      { numRuns: 1_500 },
    );
    // That the model came to what it is for.
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(200);
  }, 120_000);

  it('keeps to it where two lanes share the shard, each with items of its own', async () => {
    await fc.assert(
      fc.asyncProperty(anyShard, choices, fc.boolean(), async (shard, stream, isFaulty) => {
        const world = newWorld(stream, { isFaulty, isPromising: true });
        const inFirst = shard.map(() => world.pick(2) === 0);
        await runLane(
          world,
          shard.filter((_, index) => inFirst[index]),
          10,
        );
        await runLane(
          world,
          shard.filter((_, index) => !inFirst[index]),
          10,
        );
      }),
      { numRuns: 500 },
    );
  }, 120_000);

  it('Promise 1: never takes a record for settled that it has not seen, whichever subsets are delivered', async () => {
    await fc.assert(
      fc.asyncProperty(anyShard, choices, async (shard, stream) => {
        const world = newWorld(stream, { isFaulty: true, isPromising: false });
        for (let count = 0; count < 12; count += 1) {
          const some = shard.filter(() => world.pick(2) === 0);
          if (some.length > 0) await deliver(world, some);
        }
      }),
      { numRuns: 600 },
    );
  }, 120_000);
});
