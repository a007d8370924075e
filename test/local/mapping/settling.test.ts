import { describe, expect, it } from 'vitest';
import type { InvocationResult, Invoke } from '../../../src/local/index.ts';
import { runScripted } from '../run-scripted.ts';
import { scriptedStreams as streamsOf } from '../scripted-streams.ts';
import { failedFrom } from '../shop.ts';
import { virtualClock } from '../virtual-clock.ts';

const oneShard = (...records: readonly number[]) =>
  streamsOf([{ shardId: 'shard', records, isClosed: true }]);

/** Ends as it is told, one invocation after the other, and well after that. */
const ending = (...results: readonly InvocationResult[]) => {
  const left = [...results];
  const events: string[] = [];
  const invoker: Invoke = (eventJson) => {
    events.push(eventJson);
    const result = left.shift() ?? { kind: 'returned', response: null };
    return Promise.resolve({ requestId: `request-${events.length}`, durationMs: 1, result });
  };
  return { events, invoker };
};

describe('an invocation', () => {
  it('that never reached the function is no attempt, and counts in no metric', async () => {
    const throttled = { kind: 'not-invoked', reason: 'throttled' } as const;
    const { events, invoker } = ending(throttled, throttled, throttled);
    const { mapping, pointers, counts, reports } = await runScripted(oneShard(1), {
      clock: virtualClock(),
      MaximumRetryAttempts: 0,
      invoker,
    });
    await mapping.untilCaughtUp();
    expect([events.length, pointers]).toEqual([4, []]);
    expect(counts.metrics()).toMatchObject({ InvokedEventCount: 1, FailedInvokeEventCount: 0 });
    expect(reports.map(({ attempt, next }) => [attempt, next])).toEqual([
      [1, 'retry'],
      [1, 'retry'],
      [1, 'retry'],
      [1, 'advance'],
    ]);
  });

  it('that someone else has ended is made again: nothing is known of it', async () => {
    const { events, invoker } = ending({ kind: 'abandoned' });
    const { mapping, reports } = await runScripted(oneShard(1), { clock: virtualClock(), invoker });
    await mapping.untilCaughtUp();
    expect(events).toHaveLength(2);
    expect(reports).toHaveLength(1);
  });

  it('that was the last one is named in the pointer', async () => {
    const error = { kind: 'function-error', reason: 'it threw' } as const;
    const { invoker } = ending(error, error);
    const { mapping, pointers } = await runScripted(oneShard(1), {
      clock: virtualClock(),
      MaximumRetryAttempts: 1,
      invoker,
    });
    await mapping.untilCaughtUp();
    expect(pointers).toMatchObject([{ requestContext: { requestId: 'request-2' } }]);
  });
});

describe('a record', () => {
  it('is not too old at the very limit, and is a moment later', async () => {
    const runAt = async (startMs: number) => {
      const { mapping, delivered } = await runScripted(oneShard(1), {
        clock: virtualClock(startMs),
        MaximumRecordAgeInSeconds: 60,
      });
      await mapping.untilCaughtUp();
      return delivered();
    };
    expect([await runAt(60_000), await runAt(60_001)]).toEqual([['1'], []]);
  });
});

describe('the state of a tumbling window', () => {
  const statesOf = async (answers: readonly unknown[]) => {
    const left = [...answers];
    const states: unknown[] = [];
    const { mapping } = await runScripted(oneShard(1, 2, 3), {
      clock: virtualClock(60_000),
      TumblingWindowInSeconds: 30,
      invoke: (event) => {
        states.push((event as unknown as { readonly state: unknown }).state);
        return left.shift() ?? { state: { at: 'end' } };
      },
    });
    await mapping.untilCaughtUp();
    return states;
  };
  const named = (sequenceNumber: string) => failedFrom({ dynamodb: { SequenceNumber: sequenceNumber } });

  it('is taken over from a response that settles a part', async () => {
    expect(await statesOf([{ state: { at: 'part' }, ...named('3') }])).toEqual([
      {},
      { at: 'part' },
      { at: 'end' },
    ]);
  });

  it('is not taken over from a response that settles nothing', async () => {
    expect(await statesOf([{ state: { at: 'nothing' }, ...named('1') }])).toEqual([{}, {}, { at: 'end' }]);
  });
});

it('work that breaks off is taken up again at its checkpoint, in every lane', async () => {
  const records = Array.from({ length: 20 }, (_, index) => ({ n: index + 1, item: `item-${index}` }));
  let breaks = 1;
  const failures = new Set<string>();
  const { mapping, delivered, errors } = await runScripted(
    streamsOf([{ shardId: 'shard', records, isClosed: true }]),
    {
      clock: virtualClock(),
      ParallelizationFactor: 4,
      BatchSize: 1,
      random: () => {
        breaks -= 1;
        if (breaks === 0) throw new Error('no chance');
        return 0.5;
      },
      invoke: ({ Records }) => {
        const [record] = Records;
        const id = record?.dynamodb?.SequenceNumber ?? '';
        if (id !== '7' || failures.has(id)) return null;
        failures.add(id);
        return failedFrom(record);
      },
    },
  );
  await mapping.untilCaughtUp();
  expect(errors.map(({ message }) => message)).toContain('The work on shard shard broke off.');
  expect(new Set(delivered()).size).toBe(20);
  expect(mapping.checkpoints()).toEqual({ shard: { kind: 'drained' } });
});
