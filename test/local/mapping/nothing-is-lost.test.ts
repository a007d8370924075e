import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/local/clock.ts';
import { runScripted } from '../run-scripted.ts';
import { scriptedStreams as streamsOf } from '../scripted-streams.ts';
import { virtualClock } from '../virtual-clock.ts';

/** Three records of one tumbling window, in an open shard. */
const threeOfAWindow = { shardId: 'a', records: [1, 2, 3].map((n) => ({ n, second: n })) };

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const fail = () => Promise.reject(new Error('no'));

describe('nothing is lost:', () => {
  it('a shard found while a LATEST mapping ran is not skipped after disable and enable', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [1] }]);
    const first = await runScripted(streams, { StartingPosition: 'LATEST', invoke: fail });
    await first.mapping.untilCaughtUp();
    streams.replace([
      { shardId: 'a', records: [1] },
      { shardId: 'b', records: [2, 3] },
    ]);
    await expect.poll(() => first.delivered()).toContain('2');
    await first.mapping.stop();
    const second = await runScripted(streams, {
      StartingPosition: 'LATEST',
      resumeFrom: first.mapping.checkpoints(),
    });
    await second.mapping.untilCaughtUp();
    await sleep(50);
    expect(second.delivered()).toEqual(['2', '3']);
  });

  it('a shard whose parent was trimmed while the mapping was stopped is not skipped', async () => {
    const shards = [{ shardId: 'c', parentShardId: 'b', records: [7, 8] }]; // a <- b <- c; a, b are trimmed
    const { mapping, delivered } = await runScripted(streamsOf(shards), {
      StartingPosition: 'LATEST',
      resumeFrom: { a: { kind: 'after', sequenceNumber: '2' } },
    });
    await mapping.untilCaughtUp();
    await sleep(20);
    expect(delivered()).toEqual(['7', '8']);
  });

  it('a record without a creation time is not too old', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [1] }]);
    const api = {
      ...streams.api,
      getRecords: async (i: string, l: number) => {
        const page = await streams.api.getRecords(i, l);
        return {
          ...page,
          records: page.records.map((r) => ({
            ...r,
            dynamodb: { SequenceNumber: r.dynamodb?.SequenceNumber, Keys: r.dynamodb?.Keys },
          })),
        };
      },
    };
    const { mapping, delivered, pointers } = await runScripted(
      { ...streams, api },
      { MaximumRecordAgeInSeconds: 60 },
    );
    await mapping.untilCaughtUp();
    expect(pointers).toEqual([]);
    expect(delivered()).toEqual(['1']);
  });
});

describe('nothing hangs:', () => {
  it('stop with abandon does not wait for a destination that never answers', async () => {
    const stuck = Promise.withResolvers<undefined>();
    const { mapping, delivered } = await runScripted(streamsOf([{ shardId: 'a', records: [1] }]), {
      MaximumRetryAttempts: 0,
      invoke: fail,
      send: (_, signal) =>
        Promise.race([
          stuck.promise,
          new Promise<undefined>((_, reject) =>
            signal.addEventListener('abort', () => reject(new Error('aborted'))),
          ),
        ]),
    });
    await expect.poll(() => delivered()).toEqual(['1']);
    await sleep(10);
    const ended = await Promise.race([
      mapping.stop({ abandon: true }).then(() => 'stopped'),
      sleep(1_500).then(() => 'hangs'),
    ]);
    stuck.resolve(undefined);
    expect(ended).toBe('stopped');
  });

  it('untilCaughtUp knows of a shard that is listed but not discovered yet', async () => {
    const streams = streamsOf([]);
    const { mapping, delivered } = await runScripted(streams, { shardDiscoveryIntervalMs: 10_000 });
    await mapping.untilCaughtUp();
    streams.replace([{ shardId: 'a', records: [1] }]);
    await mapping.untilCaughtUp();
    expect(delivered()).toEqual(['1']);
  });

  it('a lane does not spin while its batching window runs beyond its tumbling window', async () => {
    let sleeps = 0;
    const clock = {
      now: systemClock.now,
      sleep: (ms: number, signal: AbortSignal) => {
        sleeps += 1;
        return systemClock.sleep(ms, signal);
      },
    };
    await runScripted(streamsOf([threeOfAWindow]), {
      clock,
      BatchSize: 2,
      TumblingWindowInSeconds: 30,
      MaximumBatchingWindowInSeconds: 300,
      pollIntervalMs: 60_000,
      shardDiscoveryIntervalMs: 3_600_000,
      FunctionResponseTypes: [],
      invoke: () => ({ state: {} }),
    });
    await sleep(1_000);
    expect(sleeps).toBeLessThan(50);
  });

  it('and with a virtual clock it ends at all', async () => {
    const clock = virtualClock(100_000);
    let i = 0;
    const { mapping } = await runScripted(streamsOf([threeOfAWindow]), {
      clock,
      BatchSize: 2,
      TumblingWindowInSeconds: 30,
      MaximumBatchingWindowInSeconds: 300,
      FunctionResponseTypes: [],
      invoke: () => {
        i += 1;
        return { state: {} };
      },
    });
    const ended = await Promise.race([
      mapping.untilCaughtUp().then(() => 'caught up'),
      sleep(2_000).then(() => `hangs at ${clock.now()} after ${i} invocations`),
    ]);
    expect(ended).toBe('caught up');
  });

  it('a shard that is gone but still listed is not begun again without a pause', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [1] }]);
    const api = {
      ...streams.api,
      getRecords: async () => {
        await new Promise(setImmediate);
        throw new ResourceNotFoundException({ message: '', $metadata: {} });
      },
    };
    const { mapping, errors } = await runScripted(
      { ...streams, api },
      { retry: { baseDelayMs: 200, maxDelayMs: 30_000 }, shardDiscoveryIntervalMs: 10_000 },
    );
    await sleep(500);
    await mapping.stop();
    expect(errors.length).toBeLessThan(10);
  });
});
