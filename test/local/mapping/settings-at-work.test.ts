import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LambdaFunction } from '../../../src/local/index.ts';
import { runScripted } from '../run-scripted.ts';
import type { ScriptedRecord } from '../scripted-streams.ts';
import { scriptedStreams as streamsOf } from '../scripted-streams.ts';
import { failedFrom, sequenceNumberOf } from '../shop.ts';
import { virtualClock } from '../virtual-clock.ts';

const oneShard = (...records: readonly ScriptedRecord[]) =>
  streamsOf([{ shardId: 'shard', records, isClosed: true }]);
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const fail = () => Promise.reject(new Error('no'));

describe('retries', () => {
  it('of an hour pass in a moment when time is ours', async () => {
    const clock = virtualClock();
    const startedAt = performance.now();
    const { mapping, batches } = await runScripted(oneShard(1), {
      clock,
      pollIntervalMs: 60_000,
      shardDiscoveryIntervalMs: 3_600_000,
      retry: { baseDelayMs: 1_000, maxDelayMs: 60_000 },
      random: () => 0.5,
      invoke: () => (clock.now() < 3_600_000 ? fail() : null),
    });
    await mapping.untilCaughtUp();
    expect(clock.now()).toBeGreaterThanOrEqual(3_600_000);
    // 1, 2, 4, 8, 16, 32 s, and then a minute each.
    expect(batches).toHaveLength(6 + Math.ceil((3_600 - 63) / 60) + 1);
    // Some 20 ms on an idle machine; by the machine's own clock it would be the hour.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('BisectBatchOnFunctionError', () => {
  it('halves the batch until the poison record is alone, and delivers all the others', async () => {
    const { mapping, batches, pointers, reports } = await runScripted(oneShard(...numbers(8)), {
      clock: virtualClock(),
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1,
      invoke: ({ Records }) => (Records.some((record) => sequenceNumberOf(record) === '3') ? fail() : null),
    });
    await mapping.untilCaughtUp();
    expect(batches).toEqual([
      ['1', '2', '3', '4', '5', '6', '7', '8'],
      ['1', '2', '3', '4'],
      ['1', '2'],
      ['3', '4'],
      ['3'],
      ['3'],
      ['4'],
      ['5', '6', '7', '8'],
    ]);
    expect(reports.map(({ next }) => next)).toEqual([
      'split',
      'split',
      'advance',
      'split',
      'retry',
      'give-up',
      'advance',
      'advance',
    ]);
    expect(pointers).toMatchObject([
      { requestContext: { approximateInvokeCount: 2 }, DDBStreamBatchInfo: { batchSize: 1 } },
    ]);
  });

  it('goes on at the number that a partial response names', async () => {
    const { mapping, batches } = await runScripted(oneShard(...numbers(6)), {
      clock: virtualClock(),
      BisectBatchOnFunctionError: true,
      invoke: ({ Records }) => failedFrom(Records.length === 6 ? Records[4] : undefined),
    });
    await mapping.untilCaughtUp();
    expect(batches).toEqual([
      ['1', '2', '3', '4', '5', '6'],
      ['5', '6'],
    ]);
  });
});

describe('ParallelizationFactor', () => {
  const items = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const changes = numbers(64).map((n) => ({ n, item: items[n % items.length] ?? '' }));
  const itemOf = (n: string) => changes[Number(n) - 1]?.item ?? '';

  it('works on so many batches of a shard at once, and on each item in order', async () => {
    let running = 0;
    let most = 0;
    const clock = virtualClock();
    const { mapping, batches, delivered } = await runScripted(oneShard(...changes), {
      clock,
      ParallelizationFactor: 4,
      BatchSize: 5,
      invoke: async () => {
        running += 1;
        most = Math.max(most, running);
        await clock.sleep(10, new AbortController().signal);
        running -= 1;
      },
    });
    await mapping.untilCaughtUp();
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
    expect(delivered()).toHaveLength(64);
    for (const item of items) {
      const ofItem = delivered().filter((n) => itemOf(n) === item);
      expect(ofItem).toEqual(ofItem.toSorted((a, b) => Number(a) - Number(b)));
    }
    // Whatever shares a batch with an item always does: lanes do not mix.
    for (const batch of batches) expect(batch.length).toBeLessThanOrEqual(5);
  });

  it('holds up the lane of a failing item alone, and the checkpoint behind nothing that is not settled', async () => {
    const clock = virtualClock();
    const { mapping, delivered } = await runScripted(streamsOf([{ shardId: 'shard', records: changes }]), {
      clock,
      ParallelizationFactor: 10,
      BatchSize: 1,
      retry: { baseDelayMs: 60_000, maxDelayMs: 60_000 },
      invoke: ({ Records }) => (itemOf(sequenceNumberOf(Records[0])) === 'b' ? fail() : null),
    });
    const finished = () =>
      items.filter((item) => delivered().filter((n) => itemOf(n) === item && item !== 'b').length === 8);
    await expect.poll(() => finished().length).toBeGreaterThan(4);
    const first = changes.find(({ item }) => item === 'b')?.n ?? 0;
    const after = mapping.checkpoints()['shard'];
    const sequenceNumber = after?.kind === 'after' ? Number(after.sequenceNumber) : 0;
    expect(sequenceNumber).toBeLessThan(first);
  });
});

describe('MaximumBatchingWindowInSeconds', () => {
  it('waits so long for a full batch, and no longer for a full one', async () => {
    const clock = virtualClock();
    const at: number[] = [];
    const { mapping, batches } = await runScripted(streamsOf([{ shardId: 'shard', records: numbers(5) }]), {
      clock,
      BatchSize: 3,
      MaximumBatchingWindowInSeconds: 300,
      invoke: () => void at.push(clock.now()),
    });
    await mapping.untilCaughtUp();
    expect(batches).toEqual([
      ['1', '2', '3'],
      ['4', '5'],
    ]);
    expect(at[0]).toBeLessThan(1_000);
    expect(at[1]).toBeGreaterThanOrEqual(300_000);
  });
});

describe('TumblingWindowInSeconds', () => {
  interface WindowEvent {
    readonly Records: readonly unknown[];
    readonly window: { readonly start: string; readonly end: string };
    readonly state: { readonly count?: number; readonly big?: string };
    readonly shardId: string;
    readonly eventSourceARN: string;
    readonly isFinalInvokeForWindow: boolean;
    readonly isWindowTerminatedEarly: boolean;
  }
  const counting =
    (events: WindowEvent[], answer?: (event: WindowEvent) => unknown): LambdaFunction =>
    (event) => {
      const windowed = event as unknown as WindowEvent;
      events.push(windowed);
      const state = { count: (windowed.state.count ?? 0) + windowed.Records.length };
      return answer ? answer(windowed) : { state };
    };
  const seconds = (...all: readonly number[]) => all.map((second, index) => ({ n: index + 1, second }));

  it('carries state from call to call, ends a window with a call of its own, and begins the next afresh', async () => {
    const events: WindowEvent[] = [];
    const { mapping } = await runScripted(oneShard(...seconds(1, 2, 29, 31, 95)), {
      clock: virtualClock(100_000),
      BatchSize: 2,
      TumblingWindowInSeconds: 30,
      invoke: counting(events),
    });
    await mapping.untilCaughtUp();
    expect(
      events.map(({ Records, window, state, isFinalInvokeForWindow }) => [
        Records.length,
        window.start.slice(14, 19),
        state.count ?? 0,
        isFinalInvokeForWindow,
      ]),
    ).toEqual([
      [2, '00:00', 0, false],
      [1, '00:00', 2, false],
      [0, '00:00', 3, true],
      [1, '00:30', 0, false],
      [0, '00:30', 1, true],
      [1, '01:30', 0, false],
      [0, '01:30', 1, true],
    ]);
    expect(events[0]).toMatchObject({
      window: { start: '1970-01-01T00:00:00Z', end: '1970-01-01T00:00:30Z' },
      state: {},
      shardId: 'shard',
      eventSourceARN: expect.stringContaining(':table/Shop/stream/') as string,
      isWindowTerminatedEarly: false,
    });
  });

  it('ends a window when its time has come, without a later record', async () => {
    const events: WindowEvent[] = [];
    const clock = virtualClock(1_000);
    await runScripted(streamsOf([{ shardId: 'shard', records: seconds(1) }]), {
      clock,
      TumblingWindowInSeconds: 900,
      invoke: counting(events),
    });
    await expect.poll(() => events.at(-1)?.isFinalInvokeForWindow).toBe(true);
    expect(clock.now()).toBeGreaterThanOrEqual(900_000);
    expect(events).toHaveLength(2);
  });

  it('counts a response without state as failed, and keeps the state of before', async () => {
    const events: WindowEvent[] = [];
    let answers = 0;
    const { mapping, pointers } = await runScripted(oneShard(...seconds(1, 2)), {
      clock: virtualClock(60_000),
      BatchSize: 1,
      MaximumRetryAttempts: 5,
      TumblingWindowInSeconds: 30,
      invoke: counting(events, ({ state, Records }) => {
        answers += 1;
        return answers === 2 ? {} : { state: { count: (state.count ?? 0) + Records.length } };
      }),
    });
    await mapping.untilCaughtUp();
    expect(events.map(({ state }) => state.count ?? 0)).toEqual([0, 1, 1, 2]);
    expect(pointers).toEqual([]);
  });

  it('calls for the end of a window until that succeeds', async () => {
    const events: WindowEvent[] = [];
    const { mapping } = await runScripted(oneShard(...seconds(1)), {
      clock: virtualClock(60_000),
      MaximumRetryAttempts: 0,
      TumblingWindowInSeconds: 30,
      invoke: counting(events, (event) => {
        if (event.isFinalInvokeForWindow && events.length < 4) throw new Error('no');
        return { state: {} };
      }),
    });
    await mapping.untilCaughtUp();
    await expect.poll(() => events.filter((event) => event.isFinalInvokeForWindow)).toHaveLength(3);
  });

  it('ends a window early whose state is above 1 MB, and goes on in it with a fresh state', async () => {
    const events: WindowEvent[] = [];
    const { mapping } = await runScripted(oneShard(...seconds(1, 2)), {
      clock: virtualClock(60_000),
      BatchSize: 1,
      TumblingWindowInSeconds: 30,
      invoke: counting(events, ({ Records }) => ({
        state: { big: events.length === 1 && Records.length > 0 ? 'x'.repeat(1_048_577) : '' },
      })),
    });
    await mapping.untilCaughtUp();
    expect(
      events.map(({ Records, state, isFinalInvokeForWindow, isWindowTerminatedEarly }) => [
        Records.length,
        state.big?.length ?? 0,
        isFinalInvokeForWindow,
        isWindowTerminatedEarly,
      ]),
    ).toEqual([
      [1, 0, false, false],
      [0, 1_048_577, true, true],
      [1, 0, false, false],
      [0, 0, true, false],
    ]);
  });
});

describe('FilterCriteria', () => {
  it('passes over what no pattern matches, without an invocation, and moves the checkpoint on', async () => {
    const images = numbers(10).map((n) => ({ n, newImage: { kind: { S: n % 2 === 0 ? 'even' : 'odd' } } }));
    const { mapping, batches, counts } = await runScripted(
      streamsOf([{ shardId: 'shard', records: images }]),
      {
        clock: virtualClock(),
        BatchSize: 3,
        FilterCriteria: { Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"kind":{"S":["even"]}}}}' }] },
      },
    );
    await mapping.untilCaughtUp();
    expect(batches).toEqual([
      ['2', '4', '6'],
      ['8', '10'],
    ]);
    expect(counts.metrics()).toMatchObject({ PolledEventCount: 10, FilteredOutEventCount: 5 });
    expect(mapping.checkpoints()).toEqual({ shard: { kind: 'after', sequenceNumber: '10' } });
  });
});

describe('for any settings, stream and behaviour of the function', () => {
  /** Fails so many times before it takes an item; some items it never takes. */
  const arbitraryFailures = fc.dictionary(
    fc.constantFrom('a', 'b', 'c', 'd'),
    fc.oneof(fc.integer({ min: 1, max: 3 }), fc.constant(Infinity)),
  );
  const arbitraryRecords = fc.array(
    fc.record({ item: fc.constantFrom('a', 'b', 'c', 'd'), isWanted: fc.boolean() }),
    { minLength: 1, maxLength: 40 },
  );
  const arbitrarySettings = fc.record({
    BatchSize: fc.integer({ min: 1, max: 12 }),
    ParallelizationFactor: fc.integer({ min: 1, max: 4 }),
    MaximumRetryAttempts: fc.integer({ min: 0, max: 4 }),
    BisectBatchOnFunctionError: fc.boolean(),
    reports: fc.boolean(),
  });

  it('each record is delivered, given up with a pointer, or filtered; an item never goes backwards', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryRecords,
        arbitrarySettings,
        arbitraryFailures,
        async (records, { reports, ...settings }, failures) => {
          const left = new Map(Object.entries(failures));
          const taken: string[] = [];
          const changes = records.map(({ item, isWanted }, index) => ({
            n: index + 1,
            item,
            newImage: { kind: { S: isWanted ? 'wanted' : 'not' } },
          }));
          const itemOf = (n: string) => changes[Number(n) - 1]?.item ?? '';
          const refuses = (n: string) => {
            const item = itemOf(n);
            const times = left.get(item) ?? 0;
            left.set(item, times - 1);
            return times > 0;
          };
          const { mapping, pointers, delivered } = await runScripted(oneShard(...changes), {
            ...settings,
            clock: virtualClock(),
            FunctionResponseTypes: reports ? ['ReportBatchItemFailures'] : [],
            FilterCriteria: {
              Filters: [{ Pattern: '{"dynamodb":{"NewImage":{"kind":{"S":["wanted"]}}}}' }],
            },
            invoke: ({ Records }) => {
              const refused = Records.findIndex((record) => refuses(sequenceNumberOf(record)));
              const numbersOf = Records.map(sequenceNumberOf);
              if (refused < 0) taken.push(...numbersOf);
              else if (!reports) throw new Error('no');
              else taken.push(...numbersOf.slice(0, refused));
              return failedFrom(Records[refused]);
            },
          });
          await mapping.untilCaughtUp();
          await mapping.stop();

          const wanted = changes.filter((_, index) => records[index]?.isWanted).map(({ n }) => String(n));
          const givenUp = pointers.reduce(
            (sum, { DDBStreamBatchInfo }) => sum + DDBStreamBatchInfo.batchSize,
            0,
          );
          expect(new Set(taken).size).toBe(taken.length);
          expect(taken.length + givenUp).toBe(wanted.length);
          expect(delivered().every((n) => wanted.includes(n))).toBe(true);
          for (const item of ['a', 'b', 'c', 'd']) {
            const ofItem = taken.filter((n) => itemOf(n) === item).map(Number);
            expect(ofItem).toEqual(ofItem.toSorted((a, b) => a - b));
          }
          expect(mapping.checkpoints()).toEqual({ shard: { kind: 'drained' } });
        },
      ),
      { numRuns: 200 },
    );
  });
});
