import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../../src/errors.ts';
import { dynamoDBLedger } from '../../src/idempotency/dynamodb-ledger.ts';
import type { LedgerOptions } from '../../src/idempotency/guarantee.ts';
import { checkLedgerOptions, ledgerIn } from '../../src/idempotency/guarantee.ts';
import type { Ledger } from '../../src/idempotency/session.ts';
import type { Store } from '../../src/idempotency/store.ts';
import { memoryLedger } from '../../src/testing/index.ts';
import { memoryStore } from '../../src/testing/memory-store.ts';
import { testClock } from './checkpoint-store.ts';
import { openSession, workOf } from './open-session.ts';

const message = (options: unknown): string => {
  try {
    checkLedgerOptions('dynamoDBLedger', options as LedgerOptions);
  } catch (error) {
    if (error instanceof InvalidOptionError) return error.message;
    throw error;
  }
  return 'it is allowed';
};

describe('the options of a guarantee', () => {
  it.each(['claims', '', 7, null, {}])('refuse a guarantee of %j', (guarantee) => {
    expect(message({ guarantee })).toMatch(
      /^dynamoDBLedger: "guarantee" must be 'claim', 'record' or 'checkpoint', got /,
    );
  });

  it.each([
    [
      { guarantee: 'record', leaseSeconds: 5 },
      `dynamoDBLedger: "leaseSeconds" is for guarantee: 'claim'; 'record' makes no claims`,
    ],
    [
      { guarantee: 'checkpoint', leaseSeconds: 5 },
      `dynamoDBLedger: "leaseSeconds" is for guarantee: 'claim'; 'checkpoint' makes no claims`,
    ],
    [
      { flushMs: 500 },
      `dynamoDBLedger: "flushMs" is for guarantee: 'checkpoint'; 'claim' keeps nothing back`,
    ],
    [
      { guarantee: 'claim', flushMs: 500 },
      `dynamoDBLedger: "flushMs" is for guarantee: 'checkpoint'; 'claim' keeps nothing back`,
    ],
    [
      { guarantee: 'record', flushMs: 500 },
      `dynamoDBLedger: "flushMs" is for guarantee: 'checkpoint'; 'record' keeps nothing back`,
    ],
  ])('refuse %j', (options, told) => {
    expect(message(options)).toBe(told);
  });

  it.each([0, 0.9, 900.1, -1, NaN, Infinity, '5', null])('refuse a lease of %j seconds', (leaseSeconds) => {
    expect(message({ leaseSeconds })).toMatch(/"leaseSeconds" must be a number from 1 to 900, got /);
  });

  it.each([0, 49.9, 900_001, NaN, '500', null])('refuse to write down every %j ms', (flushMs) => {
    expect(message({ guarantee: 'checkpoint', flushMs })).toMatch(
      /"flushMs" must be a number from 50 to 900000, got /,
    );
  });

  it.each([
    {},
    { guarantee: 'claim' },
    { leaseSeconds: 1 },
    { guarantee: 'claim', leaseSeconds: 900 },
    { leaseSeconds: undefined, flushMs: undefined },
    { guarantee: 'record' },
    { guarantee: 'checkpoint', flushMs: 50 },
    { guarantee: 'checkpoint', flushMs: 900_000, expiresAfterSeconds: 86_401 },
  ])('allow %j', (options) => {
    expect(message(options)).toBe('it is allowed');
  });

  it('are checked where a ledger is made, and combinations that are wrong do not compile', () => {
    const makes = [
      // @ts-expect-error: no claims, no leases
      () => dynamoDBLedger({ guarantee: 'record', leaseSeconds: 5 }),
      // @ts-expect-error: no claims, no leases
      () => dynamoDBLedger({ guarantee: 'checkpoint', leaseSeconds: 5 }),
      // @ts-expect-error: a claim is written at once
      () => dynamoDBLedger({ flushMs: 500 }),
      // @ts-expect-error: a claim is written at once
      () => memoryLedger({ guarantee: 'claim', flushMs: 500 }),
      // @ts-expect-error: a record is written at once
      () => memoryLedger({ guarantee: 'record', flushMs: 500 }),
      // @ts-expect-error: there are three
      () => memoryLedger({ guarantee: 'claims' }),
      // @ts-expect-error: there is no such option
      () => memoryLedger({ garantee: 'claim' }),
      // @ts-expect-error: the table is not memory's
      () => memoryLedger({ tableName: 'T' }),
    ];
    for (const make of makes) expect(make).toThrow(InvalidOptionError);
    expect(() => dynamoDBLedger({ tableName: 'T', guarantee: 'claim', leaseSeconds: 5 })).not.toThrow();
    expect(() => memoryLedger({ guarantee: 'checkpoint', flushMs: 500 })).not.toThrow();
  });
});

describe('what is taken if an option is left out', () => {
  const stage = (options: LedgerOptions) => {
    const store = memoryStore();
    return { store, ledger: ledgerIn(store, options) };
  };
  const open = (ledger: Ledger) => {
    const clock = testClock();
    const session = openSession(ledger, 60_000, {
      runtime: { ...clock, random: () => 0.5, sleep: () => Promise.resolve() },
    });
    return { clock, session };
  };

  it('is a claim, for what is left of the invocation, remembered for 48 hours', async () => {
    const { store, ledger } = stage({});
    const { clock, session } = open(ledger);
    await session.take(workOf('a'));
    expect([...store.entries.values()]).toEqual([
      expect.objectContaining({
        status: 'INPROGRESS',
        leaseEndsAtMs: clock.now() + 60_000,
        expiresAtSeconds: clock.now() / 1_000 + 172_800,
      }),
    ]);
    expect(clock.waiting()).toBe(0);
  });

  it('is a second between what a checkpoint writes down', async () => {
    const { store, ledger } = stage({ guarantee: 'checkpoint' });
    const { clock, session } = open(ledger);
    const taken = await session.take(workOf('a', { sequenceNumber: '1' }));
    if (taken.kind === 'mine') await taken.hold.complete('handled');
    await clock.advance(999);
    expect(store.entries.size).toBe(0);
    await clock.advance(2);
    expect(store.entries.size).toBeGreaterThan(0);
    session.abandon();
  });

  it('is looked up and remembered, and not claimed, where the guarantee is a record', async () => {
    const { store, ledger } = stage({ guarantee: 'record', expiresAfterSeconds: 90_000 });
    const { clock, session } = open(ledger);
    const taken = await session.take(workOf('a'));
    expect(store.entries.size).toBe(0);
    if (taken.kind === 'mine') await taken.hold.complete('handled');
    expect([...store.entries.values()]).toEqual([
      expect.objectContaining({ status: 'COMPLETED', expiresAtSeconds: clock.now() / 1_000 + 90_000 }),
    ]);
  });

  it('keeps the lease short where that is asked for', async () => {
    const { store, ledger } = stage({ leaseSeconds: 3 });
    const { clock, session } = open(ledger);
    await session.take(workOf('a'));
    expect([...store.entries.values()]).toEqual([
      expect.objectContaining({ leaseEndsAtMs: clock.now() + 3_000 }),
    ]);
    session.abandon();
  });
});

describe("a claim of a run with guarantee: 'claim', as a run without claims finds it", () => {
  const stage = async (guarantee: 'record' | 'checkpoint') => {
    const store = memoryStore();
    const clock = testClock();
    const runtime = { ...clock, random: () => 0.5, sleep: () => Promise.resolve() };
    const first = openSession(ledgerIn(store, { guarantee: 'claim' }), 60_000, { runtime });
    await first.take(workOf('a'));
    return { clock, second: openSession(ledgerIn(store, { guarantee }), 60_000, { runtime }) };
  };

  it("Promise 4: is heeded while its lease lasts, where the guarantee is a record's", async () => {
    const { clock, second } = await stage('record');
    const untilMs = clock.now() + 60_000;
    expect(await second.take(workOf('a'))).toEqual({ kind: 'held', untilMs });
  });

  it.each([
    ['record', 'complete'],
    ['record', 'commit'],
    ['checkpoint', 'complete'],
    ['checkpoint', 'commit'],
  ] as const)(
    "Promise 1: stands in nobody's way after it (%s, %s), for its run is dead",
    async (guarantee, word) => {
      const { clock, second } = await stage(guarantee);
      await clock.advance(60_001);
      const taken = await second.take(workOf('a', { sequenceNumber: '1' }));
      if (taken.kind !== 'mine') throw new Error(`it is ${taken.kind}`);
      const { hold } = taken;
      expect(await (word === 'complete' ? hold.complete('handled') : hold.commit([]))).toBe('kept');
      second.abandon();
    },
  );
});

describe("a batch of a run with guarantee: 'record'", () => {
  const stage = (altered: Partial<Store> = {}) => {
    const store = memoryStore();
    const ledger = ledgerIn({ ...store, ...altered }, { guarantee: 'record' });
    return { session: openSession(ledger) };
  };

  it('Promise 4: runs a record once that stands in it twice, and again if it was released', async () => {
    const { session } = stage();
    const first = await session.take(workOf('a'));
    expect(await session.take(workOf('a'))).toEqual({ kind: 'held', untilMs: undefined });
    if (first.kind === 'mine') await first.hold.release();
    expect((await session.take(workOf('a'))).kind).toBe('mine');
  });

  it('Promise 1: asks again after a look that failed', async () => {
    let looks = 0;
    const { session } = stage({
      read() {
        looks += 1;
        return looks === 1 ? Promise.reject(new Error('no answer')) : Promise.resolve(undefined);
      },
    });
    await expect(session.take(workOf('a'))).rejects.toThrow('could not look up a record');
    expect((await session.take(workOf('a'))).kind).toBe('mine');
  });

  it('Promise 1: may say again what was not remembered', async () => {
    let puts = 0;
    const store = memoryStore();
    const ledger = ledgerIn(
      {
        ...store,
        put(entries) {
          puts += 1;
          return puts === 1 ? Promise.reject(new Error('no answer')) : store.put(entries);
        },
      },
      { guarantee: 'record' },
    );
    const taken = await openSession(ledger).take(workOf('a'));
    if (taken.kind !== 'mine') throw new Error(`it is ${taken.kind}`);
    await expect(taken.hold.complete('handled')).rejects.toThrow('could not remember a settled record');
    expect(await taken.hold.complete('handled')).toBe('kept');
    expect([...store.entries.values()]).toEqual([expect.objectContaining({ status: 'COMPLETED' })]);
  });
});
