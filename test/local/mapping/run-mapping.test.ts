import {
  ExpiredIteratorException,
  LimitExceededException,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it } from 'vitest';
import { runScripted } from '../run-scripted.ts';
import { scriptedStreams as streamsOf } from '../scripted-streams.ts';
import { sequenceNumberOf } from '../shop.ts';
import { virtualClock } from '../virtual-clock.ts';

let nowMs = 0;

/** Time passes whenever someone looks, but nobody ever wakes by it. */
const slowest = {
  now: () => (nowMs += 1_000),
  sleep: (_: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
};

const aws = { message: '', $metadata: {} };

describe('the shards of a stream', () => {
  it('are read parents first', async () => {
    const streams = streamsOf([
      { shardId: 'child', parentShardId: 'parent', records: [3, 4] },
      { shardId: 'parent', records: [1, 2], isClosed: true },
    ]);
    const { mapping, delivered } = await runScripted(streams, { BatchSize: 1 });
    await mapping.untilCaughtUp();
    expect(delivered()).toEqual(['1', '2', '3', '4']);
    expect(streams.calls.indexOf('iterator child')).toBeGreaterThan(streams.calls.lastIndexOf('read parent'));
  });

  it('hold their children back while one of their records is not settled', async () => {
    const streams = streamsOf([
      { shardId: 'child', parentShardId: 'parent', records: [3] },
      { shardId: 'parent', records: [1, 2], isClosed: true },
    ]);
    let failures = 3;
    const { mapping, delivered } = await runScripted(streams, {
      invoke: ({ Records }) => {
        failures -= 1;
        return failures >= 0
          ? { batchItemFailures: [{ itemIdentifier: sequenceNumberOf(Records.at(-1)) }] }
          : null;
      },
    });
    await mapping.untilCaughtUp();
    expect(delivered()).toEqual(['1', '2', '2', '2', '2', '3']);
  });

  it('are read at the same time if they are not of one line', async () => {
    const streams = streamsOf([
      { shardId: 'a', records: [1] },
      { shardId: 'b', records: [2] },
    ]);
    const both = Promise.withResolvers<undefined>();
    let inside = 0;
    const { mapping, delivered } = await runScripted(streams, {
      invoke: async () => {
        inside += 1;
        if (inside === 2) both.resolve(undefined);
        await both.promise;
      },
    });
    await mapping.untilCaughtUp();
    expect(delivered().toSorted()).toEqual(['1', '2']);
  });

  it('are found when they appear, without a parent too', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [1] }]);
    const { mapping, delivered } = await runScripted(streams);
    await mapping.untilCaughtUp();
    streams.replace([
      { shardId: 'a', records: [1, 2], isClosed: true },
      { shardId: 'b', parentShardId: 'a', records: [3] },
      { shardId: 'c', records: [4] },
    ]);
    await expect.poll(() => delivered().toSorted()).toEqual(['1', '2', '3', '4']);
    expect(delivered().indexOf('3')).toBeGreaterThan(delivered().indexOf('2'));
    expect(mapping.checkpoints()).toMatchObject({ a: { kind: 'drained' } });
  });

  it('are all caught up with before untilCaughtUp resolves, children included', async () => {
    const line = Array.from({ length: 20 }, (_, index) => ({
      shardId: `shard-${index}`,
      ...(index > 0 && { parentShardId: `shard-${index - 1}` }),
      records: [index * 2, index * 2 + 1],
      isClosed: index < 19,
    }));
    const { mapping, delivered } = await runScripted(streamsOf(line), {
      shardDiscoveryIntervalMs: 3_600_000,
    });
    await mapping.untilCaughtUp();
    expect(delivered()).toEqual(Array.from({ length: 40 }, (_, index) => String(index)));
  });

  it('start at their end with LATEST, but children that come later from their beginning', async () => {
    const streams = streamsOf([
      { shardId: 'old', records: [1], isClosed: true },
      { shardId: 'now', parentShardId: 'old', records: [2] },
    ]);
    const { mapping, delivered } = await runScripted(streams, { StartingPosition: 'LATEST' });
    streams.replace([
      { shardId: 'old', records: [1], isClosed: true },
      { shardId: 'now', parentShardId: 'old', records: [2, 3], isClosed: true },
      { shardId: 'new', parentShardId: 'now', records: [4] },
    ]);
    await expect.poll(() => delivered()).toEqual(['3', '4']);
    await mapping.untilCaughtUp();
  });

  it('go on behind the checkpoints of an earlier mapping, however it started', async () => {
    const shards = [
      { shardId: 'parent', records: [1, 2, 3], isClosed: true },
      { shardId: 'child', parentShardId: 'parent', records: [4] },
    ];
    const { mapping, delivered } = await runScripted(streamsOf(shards), {
      StartingPosition: 'LATEST',
      resumeFrom: { parent: { kind: 'after', sequenceNumber: '2' } },
    });
    await mapping.untilCaughtUp();
    expect(delivered()).toEqual(['3', '4']);
    expect(mapping.checkpoints()).toEqual({
      parent: { kind: 'drained' },
      child: { kind: 'after', sequenceNumber: '4' },
    });
  });

  it('are not skipped by a mapping at LATEST that was stopped before it had read anything of them', async () => {
    const first = streamsOf([{ shardId: 'a', records: [{ n: 1, second: 999 }] }]);
    const clock = virtualClock(1_000_000);
    const before = await runScripted(first, { StartingPosition: 'LATEST', clock });
    await before.mapping.untilCaughtUp();
    await before.mapping.stop();
    expect(before.mapping.checkpoints()).toEqual({ a: { kind: 'since', second: 1_000 } });
    const records = [
      { n: 1, second: 999 },
      { n: 2, second: 1_001 },
    ];
    const after = await runScripted(streamsOf([{ shardId: 'a', records }]), {
      StartingPosition: 'LATEST',
      resumeFrom: before.mapping.checkpoints(),
      clock,
    });
    await after.mapping.untilCaughtUp();
    expect(after.delivered()).toEqual(['2']);
  });

  it('that have ended are waited for to have children, as long as the stream is enabled', async () => {
    const streams = streamsOf([{ shardId: 'parent', records: [1], isClosed: true }], true);
    const { mapping, delivered } = await runScripted(streams, { shardDiscoveryIntervalMs: 3_600_000 });
    await expect.poll(() => delivered()).toEqual(['1']);
    const caughtUp = mapping.untilCaughtUp();
    await new Promise((resolve) => setTimeout(resolve, 20));
    streams.replace([
      { shardId: 'parent', records: [1], isClosed: true },
      { shardId: 'child', parentShardId: 'parent', records: [2] },
    ]);
    await caughtUp;
    expect(delivered()).toEqual(['1', '2']);
  });

  it('need not be there yet', async () => {
    const streams = streamsOf([]);
    const { mapping, delivered } = await runScripted(streams);
    await mapping.untilCaughtUp();
    streams.replace([{ shardId: 'a', records: [1] }]);
    await expect.poll(() => delivered()).toEqual(['1']);
  });
});

describe('trouble with a stream', () => {
  it('of the start is an error of the start', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [1] }]);
    streams.failNext('describe', new ResourceNotFoundException(aws));
    await expect(runScripted(streams)).rejects.toBeInstanceOf(ResourceNotFoundException);
  });

  it('of LATEST too: what it counts from is fixed before the start is over', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [1] }]);
    streams.failNext('getIterator', new LimitExceededException(aws));
    await expect(runScripted(streams, { StartingPosition: 'LATEST' })).rejects.toBeInstanceOf(
      LimitExceededException,
    );
  });

  it('passes: throttling and a broken network are waited out, and told', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [1, 2] }]);
    streams.failNext('getIterator', new LimitExceededException(aws));
    streams.failNext('getRecords', new Error('socket hang up'), new LimitExceededException(aws));
    const { mapping, delivered, errors } = await runScripted(streams);
    await mapping.untilCaughtUp();
    expect(delivered()).toEqual(['1', '2']);
    expect(errors.map(({ message }) => message)).toEqual(
      Array(3).fill(expect.stringContaining('Shard a of arn:aws')),
    );
  });

  it('expired its iterator: the reading goes on behind the last record, and nobody needs to know', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [1, 2] }]);
    const { mapping, delivered, errors } = await runScripted(streams);
    await mapping.untilCaughtUp();
    streams.failNext('getRecords', new ExpiredIteratorException(aws));
    streams.replace([{ shardId: 'a', records: [1, 2, 3] }]);
    await mapping.untilCaughtUp();
    expect(delivered()).toEqual(['1', '2', '3']);
    expect(errors).toEqual([]);
    expect(streams.positions).toEqual([
      { kind: 'TRIM_HORIZON' },
      { kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: '2' },
    ]);
  });

  it('expired an iterator at LATEST before the first record: nothing is missed', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [{ n: 1, second: 999 }] }]);
    streams.failNext('getRecords', new ExpiredIteratorException(aws));
    const { mapping, delivered } = await runScripted(streams, {
      StartingPosition: 'LATEST',
      clock: virtualClock(1_000_000),
    });
    streams.replace([
      {
        shardId: 'a',
        records: [
          { n: 1, second: 999 },
          { n: 2, second: 1_000 },
        ],
      },
    ]);
    await mapping.untilCaughtUp();
    expect(delivered()).toEqual(['2']);
  });

  it('trimmed what comes next: it goes on with the oldest that is left, and says so', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [8, 9] }]);
    streams.failNext('getIterator', new TrimmedDataAccessException(aws));
    const { mapping, delivered, errors } = await runScripted(streams, {
      resumeFrom: { a: { kind: 'after', sequenceNumber: '5' } },
    });
    await mapping.untilCaughtUp();
    expect(delivered()).toEqual(['8', '9']);
    expect(streams.positions).toEqual([
      { kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: '5' },
      { kind: 'TRIM_HORIZON' },
    ]);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('records after 5 may be lost'),
    ]);
  });

  it('forgot a shard: its children are read, and the loss is told', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [1] }]);
    const { mapping, delivered, errors } = await runScripted(streams);
    await mapping.untilCaughtUp();
    streams.replace([{ shardId: 'b', parentShardId: 'a', records: [2] }]);
    streams.failNext('getRecords', new ResourceNotFoundException(aws));
    await expect.poll(() => delivered()).toEqual(['1', '2']);
    expect(errors[0]?.message).toContain('no longer knows it');
  });

  it('cannot list its shards for a while: the shards in hand go on', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [1] }]);
    const { mapping, delivered, errors } = await runScripted(streams);
    streams.failNext('describe', new LimitExceededException(aws), new LimitExceededException(aws));
    streams.replace([
      { shardId: 'a', records: [1, 2], isClosed: true },
      { shardId: 'b', parentShardId: 'a', records: [3] },
    ]);
    await expect.poll(() => delivered()).toEqual(['1', '2', '3']);
    await mapping.untilCaughtUp();
    expect(errors).toHaveLength(2);
  });

  it('holds a record that cannot be read: it is told, and never passed over', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [1] }]);
    const api = { ...streams.api, getRecords: () => Promise.resolve({ records: [{ eventID: 'x' }] }) };
    const { mapping, delivered, errors } = await runScripted({ ...streams, api });
    await expect.poll(() => errors.length).toBeGreaterThan(1);
    expect(delivered()).toEqual([]);
    expect(mapping.checkpoints()).toEqual({});
  });
});

describe('the count of retries', () => {
  it('begins afresh with progress, and is that of the failures since', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [1, 2, 3] }]);
    const attempts: number[] = [];
    const answers = ['throw', '2', '2', '', ''];
    const { mapping, delivered, pointers } = await runScripted(streams, {
      MaximumRetryAttempts: 1,
      onInvocation: ({ attempt }) => attempts.push(attempt),
      invoke: () => {
        const answer = answers.shift();
        if (answer === 'throw') throw new Error('no');
        return { batchItemFailures: answer ? [{ itemIdentifier: answer }] : [] };
      },
    });
    await mapping.untilCaughtUp();
    expect(delivered()).toEqual(['1', '2', '3', '1', '2', '3', '2', '3', '2', '3']);
    expect(attempts).toEqual([1, 2, 1, 2]);
    expect(pointers).toEqual([]);
  });
});

describe('a mapping that is stopped', () => {
  it('wakes from every wait', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [1] }]);
    const { mapping, delivered } = await runScripted(streams, {
      retry: { baseDelayMs: 3_600_000, maxDelayMs: 3_600_000 },
      shardDiscoveryIntervalMs: 3_600_000,
      invoke: () => {
        throw new Error('no');
      },
    });
    await expect.poll(() => delivered()).toEqual(['1']);
    const caughtUp = mapping.untilCaughtUp();
    const rejected = expect(caughtUp).rejects.toMatchObject({ code: 'LOCAL_STACK' });
    await mapping.stop();
    await rejected;
    expect(delivered()).toEqual(['1']);
  });
});

describe('a mapping at rest', () => {
  it('is woken by the question whether it has caught up', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [] }]);
    const { mapping, delivered } = await runScripted(streams, { pollIntervalMs: 60_000, clock: slowest });
    await expect.poll(() => streams.calls).toContain('read a');
    streams.replace([{ shardId: 'a', records: [1] }]);
    await mapping.untilCaughtUp();
    expect(delivered()).toEqual(['1']);
  });

  it('reads again at once if something was written while it read', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [] }]);
    let wake: () => void = () => undefined;
    let reads = 0;
    const api = {
      ...streams.api,
      getRecords: async (iterator: string, limit: number) => {
        const page = await streams.api.getRecords(iterator, limit);
        reads += 1;
        if (reads !== 2) return page;
        streams.replace([{ shardId: 'a', records: [1] }]);
        wake();
        return page;
      },
    };
    const { delivered } = await runScripted(
      { ...streams, api },
      {
        clock: slowest,
        onWrite: (listener) => {
          wake = listener;
          return () => undefined;
        },
      },
    );
    await expect.poll(() => reads).toBe(1);
    wake();
    await expect.poll(() => delivered()).toEqual(['1']);
  });

  it('reads a quiet stream no more than four times a second', async () => {
    const streams = streamsOf([{ shardId: 'a', records: [] }]);
    const waits: number[] = [];
    const { mapping } = await runScripted(streams, {
      shardDiscoveryIntervalMs: 3_600_000,
      pollIntervalMs: 20,
      clock: {
        now: () => (nowMs += 1_000),
        sleep: async (ms, signal) => {
          if (ms < 1_000) waits.push(ms);
          if (ms >= 1_000 || waits.length > 40)
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
        },
      },
    });
    await expect.poll(() => waits.length).toBeGreaterThan(40);
    expect(waits[0]).toBe(20);
    expect(waits.at(-1)).toBe(250);
    await mapping.stop();
  });
});
