import { describe, expect, it, vi } from 'vitest';
import { CommitConditionError, LedgerError } from '../../src/errors.ts';
import { createCheckpointLedger } from '../../src/idempotency/checkpoint-ledger.ts';
import type { Entry } from '../../src/idempotency/entry.ts';
import type { LedgerSession, RecordWork, Taken } from '../../src/idempotency/session.ts';
import type { Store } from '../../src/idempotency/store.ts';
import { workKey } from '../../src/idempotency/work.ts';
import { memoryStore, testClock } from './checkpoint-store.ts';

const flushMs = 1_000;
const expiresAfterSeconds = 172_800;
const eventSourceArn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000';
const workOf = (number: number, route: string | null = 'audit'): RecordWork => ({
  consumer: 'orders',
  route,
  eventSourceArn,
  eventId: `event-${number}`,
  sequenceNumber: String(number),
});
const keyOf = (number: number) => `spillway#orders#${eventSourceArn}#${number}`;
const down = () => Promise.reject(new Error('down'));

/** A store, and invocations over it. */
function stage(overrides: (memory: Store) => Partial<Store> = () => ({})) {
  const entries = new Map<string, Entry>();
  const clock = testClock();
  const memory = memoryStore(entries);
  const given = { ...memory, ...overrides(memory) };
  const read = vi.fn((key: string) => given.read(key));
  const put = vi.fn((written: readonly Entry[]) => given.put(written));
  const ledger = createCheckpointLedger(
    { ...given, read, put },
    {
      expiresAfterSeconds,
      flushMs,
    },
  );
  const open = (first: number, last: number, signal = new AbortController().signal): LedgerSession =>
    ledger.open({
      consumer: 'orders',
      eventSourceArn,
      sequenceNumbers: Array.from({ length: last - first + 1 }, (_, index) => String(first + index)),
      runtime: { now: clock.now, after: clock.after, random: () => 0.5, sleep: () => Promise.resolve() },
      untilTimeoutMs: () => 60_000,
      signal,
    });
  return { clock, entries, read, put, open, ledger };
}

const holdOf = (taken: Taken) => {
  if (taken.kind !== 'mine') throw new Error(`the work is ${taken.kind}`);
  return taken.hold;
};
const settle = async (session: LedgerSession, ...numbers: readonly number[]): Promise<void> => {
  for (const number of numbers) await holdOf(await session.take(workOf(number))).complete('handled');
};
const kinds = (session: LedgerSession, ...numbers: readonly number[]) =>
  Promise.all(numbers.map(async (number) => (await session.take(workOf(number))).kind));
const keysOf = (put: { readonly mock: { readonly calls: readonly (readonly [readonly Entry[]])[] } }) =>
  put.mock.calls.map(([entries]) => entries.map(({ key }) => key));

describe("guarantee: 'checkpoint'", () => {
  it('costs a batch that ends soon one read of two keys, and no write', async () => {
    const { clock, read, put, open, ledger } = stage();
    const session = open(1, 3);
    expect(read.mock.calls).toEqual([[keyOf(1)], [keyOf(3)]]);
    await settle(session, 1, 2, 3);
    await session.close(undefined);
    session.abandon();
    await clock.advance(10 * flushMs);
    expect([read.mock.calls.length, put.mock.calls.length, clock.waiting()]).toEqual([2, 0, 0]);
    expect(ledger.ahead).toBe(0);
  });

  it('reads one key for a batch of one record, and none for the empty one that ends a window', async () => {
    const { read, open, put } = stage();
    await settle(open(7, 7), 7);
    expect(read.mock.calls).toEqual([[keyOf(7)]]);
    const empty = open(7, 6);
    await expect(empty.take(workOf(7))).rejects.toThrow('is not of this batch');
    await empty.close(undefined);
    empty.abandon();
    expect([read.mock.calls.length, put.mock.calls.length]).toEqual([1, 0]);
  });

  it('Promise 4: tells within the batch and after it how each route was settled', async () => {
    const { open } = stage();
    const session = open(1, 2);
    await holdOf(await session.take(workOf(1, 'audit'))).complete('handled');
    await holdOf(await session.take(workOf(1, null))).complete('dead-lettered');
    expect(await holdOf(await session.take(workOf(2))).release()).toBe('kept');
    await session.close('2');
    for (const one of [session, open(1, 2)]) {
      expect(await one.take(workOf(1, 'audit'))).toEqual({ kind: 'settled', as: 'handled' });
      expect(await one.take(workOf(1, null))).toEqual({ kind: 'settled', as: 'dead-lettered' });
      expect((await one.take(workOf(1, 'other'))).kind).toBe('mine');
      expect((await one.take(workOf(2))).kind).toBe('mine');
    }
  });

  it('writes every flushMs what is new since, the home each time and the pointer once', async () => {
    const { clock, put, open } = stage();
    const session = open(1, 3);
    await settle(session, 1);
    await clock.advance(flushMs - 1);
    expect(keysOf(put)).toEqual([]);
    await clock.advance(1);
    expect(keysOf(put)).toEqual([[keyOf(1), keyOf(3)]]);
    await clock.advance(5 * flushMs);
    expect(keysOf(put)).toHaveLength(1);
    await settle(session, 2);
    await clock.advance(flushMs);
    expect(keysOf(put).slice(1)).toEqual([[keyOf(1)]]);
    const [entry] = put.mock.calls[1]?.[0] ?? [];
    expect(entry).toMatchObject({
      status: 'COMPLETED',
      expiresAtSeconds: Math.ceil(clock.now() / 1_000) + expiresAfterSeconds,
    });
  });

  it('tries a flush that failed again with the next tick, and nobody hears of it', async () => {
    let isDown = true;
    const { clock, put, open } = stage((memory) => ({
      put: (entries) => (isDown ? down() : memory.put(entries)),
    }));
    const session = open(1, 3);
    await settle(session, 1);
    await clock.advance(2 * flushMs);
    isDown = false;
    await clock.advance(2 * flushMs);
    expect(keysOf(put)).toEqual([1, 2, 3].map(() => [keyOf(1), keyOf(3)]));
    expect(await kinds(open(2, 3), 2, 3)).toEqual(['mine', 'mine']);
    expect(await kinds(open(1, 3), 1, 2)).toEqual(['settled', 'mine']);
  });

  it('has one flush under way at a time, and close waits for it', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { clock, put, open } = stage((memory) => ({
      put: (entries) => promise.then(() => memory.put(entries)),
    }));
    const session = open(1, 3);
    await settle(session, 1);
    await clock.advance(3 * flushMs);
    await settle(session, 2);
    await clock.advance(3 * flushMs);
    const closing = session.close('3');
    await clock.advance(0);
    expect(put).toHaveBeenCalledTimes(1);
    resolve(undefined);
    await closing;
    expect(keysOf(put)).toEqual([
      [keyOf(1), keyOf(3)],
      [keyOf(1), keyOf(3)],
    ]);
    expect(await kinds(open(1, 3), 1, 2, 3)).toEqual(['settled', 'settled', 'mine']);
  });

  it('Promise 7: writes at once when time runs short, and each settlement after that', async () => {
    const abort = new AbortController();
    const { clock, put, open } = stage();
    const session = open(1, 9, abort.signal);
    await settle(session, 1, 2);
    abort.abort();
    await clock.advance(0);
    expect(keysOf(put)).toEqual([[keyOf(1), keyOf(9)]]);
    await settle(session, 3);
    // While one is under way, the next ones wait for it together.
    const [fourth, fifth] = [await session.take(workOf(4)), await session.take(workOf(5))];
    await Promise.all([holdOf(fourth).complete('handled'), holdOf(fifth).complete('handled')]);
    await clock.advance(0);
    expect(put.mock.calls.length).toBeLessThanOrEqual(4);
    expect(await kinds(open(1, 9), 1, 2, 3, 4, 5, 6)).toEqual([
      ...Array.from({ length: 5 }, () => 'settled'),
      'mine',
    ]);
  });

  it('does not try a failing flush in a circle when time is short', async () => {
    const { clock, put, open } = stage(() => ({ put: down }));
    const session = open(1, 9, AbortSignal.abort());
    await settle(session, 1);
    await clock.advance(flushMs - 1);
    expect(put).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    expect(put).toHaveBeenCalledTimes(2);
  });

  it('Promise 4: is found by the rest, whatever its end, by the batch again, and by what ends where it ended', async () => {
    const { open, put } = stage();
    const session = open(1, 6);
    await settle(session, 1, 2, 4, 6);
    await session.close('3');
    expect(keysOf(put)).toEqual([[keyOf(1), keyOf(3), keyOf(6)]]);
    expect(await kinds(open(3, 9), 3, 4, 5, 6, 7)).toEqual(['mine', 'settled', 'mine', 'settled', 'mine']);
    expect(await kinds(open(1, 5), 1, 2, 3, 4, 5)).toEqual(['settled', 'settled', 'mine', 'settled', 'mine']);
    expect(await kinds(open(2, 6), 2, 3, 4)).toEqual(['settled', 'mine', 'settled']);
  });

  it('Promise 4: is found by the halves of a bisect, and by the halves of these, with one read more', async () => {
    const { clock, open, read, put } = stage();
    const whole = open(1, 8);
    await settle(whole, 2, 4, 6, 8);
    await clock.advance(flushMs);
    whole.abandon();
    // Each half writes at once what it has inherited, so that its own halves find it.
    const first = open(1, 4);
    expect(await kinds(first, 1, 2, 3, 4)).toEqual(['mine', 'settled', 'mine', 'settled']);
    first.abandon();
    expect(await kinds(open(1, 2), 1, 2)).toEqual(['mine', 'settled']);
    expect(await kinds(open(3, 4), 3, 4)).toEqual(['mine', 'settled']);
    read.mockClear();
    const second = open(5, 8);
    expect(await kinds(second, 5, 6, 7, 8)).toEqual(['mine', 'settled', 'mine', 'settled']);
    expect(read.mock.calls).toEqual([[keyOf(5)], [keyOf(8)], [keyOf(1)]]);
    second.abandon();
    // The same half again has nothing to write.
    put.mockClear();
    expect(await kinds(open(5, 8), 6)).toEqual(['settled']);
    expect(put).not.toHaveBeenCalled();
    expect(await kinds(open(5, 6), 5, 6)).toEqual(['mine', 'settled']);
    expect(await kinds(open(7, 8), 7, 8)).toEqual(['mine', 'settled']);
  });

  it('Promise 4: keeps what it finds where the rest begins, left there by a delivery it does not know of', async () => {
    const { open, read } = stage();
    const session = open(1, 6);
    await settle(session, 1, 2);
    await session.close('3');
    const rest = open(3, 9);
    await settle(rest, 5);
    await rest.close('3');
    const again = open(1, 6);
    expect(await kinds(again, 1, 2, 3, 5)).toEqual(['settled', 'settled', 'mine', 'mine']);
    read.mockClear();
    await again.close('3');
    expect(read.mock.calls).toEqual([[keyOf(3)]]);
    expect(await kinds(open(3, 7), 3, 5)).toEqual(['mine', 'settled']);
  });

  it('Promise 1: knows nothing of a record between two settled ones that it has not seen', async () => {
    const { open } = stage();
    const session = open(1, 9);
    await settle(session, 1, 5, 9);
    await session.close('2');
    expect(await kinds(open(1, 9), 2, 3, 4, 6, 7, 8)).toEqual(Array.from({ length: 6 }, () => 'mine'));
  });

  it('forgets what has expired, and takes what stands in its place', async () => {
    const { clock, open } = stage();
    const session = open(1, 3);
    await settle(session, 1);
    await session.close('2');
    await clock.advance(expiresAfterSeconds * 1_000 - 1);
    expect(await kinds(open(1, 3), 1)).toEqual(['settled']);
    await clock.advance(1_000);
    const later = open(1, 3);
    expect(await kinds(later, 1)).toEqual(['mine']);
  });

  it('writes nothing at close where nothing is settled, or nothing is new and the batch begins again as it is', async () => {
    const { open, put } = stage();
    await open(1, 3).close('1');
    expect(put).not.toHaveBeenCalled();
    const session = open(1, 3);
    await settle(session, 2);
    await session.close('1');
    expect(put).toHaveBeenCalledTimes(1);
    const again = open(1, 3);
    expect(await kinds(again, 1, 2)).toEqual(['mine', 'settled']);
    await again.close('1');
    expect(put).toHaveBeenCalledTimes(1);
  });
});

describe("guarantee: 'checkpoint', when the ledger fails", () => {
  it('reads again with the next take, and says which ledger it was', async () => {
    let failures = 4;
    const { open, read } = stage((memory) => ({
      read: (key) => ((failures -= 1) >= 0 ? down() : memory.read(key)),
    }));
    const session = open(1, 3);
    // The first reading fails before anybody takes; the second one fails for all that take at that time.
    await new Promise((resolve) => setImmediate(resolve));
    const both = await Promise.allSettled([session.take(workOf(1)), session.take(workOf(2))]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(read).toHaveBeenCalledTimes(4);
    expect(await kinds(session, 1, 2)).toEqual(['mine', 'mine']);
    expect(read).toHaveBeenCalledTimes(6);
    const [reason] = both.flatMap((one): readonly unknown[] =>
      one.status === 'rejected' ? [one.reason] : [],
    );
    expect(reason).toBeInstanceOf(LedgerError);
    expect(reason).toMatchObject({
      message:
        'the ledger (the test store) could not read a checkpoint. Does it exist, and may the function use it?',
      cause: new Error('down'),
    });
  });

  it('closes again after a close that failed', async () => {
    let isDown = true;
    const { clock, open } = stage((memory) => ({
      put: (entries) => (isDown ? down() : memory.put(entries)),
    }));
    const session = open(1, 3);
    await settle(session, 1);
    await expect(session.close('2')).rejects.toThrow(LedgerError);
    isDown = false;
    await session.close('2');
    expect(clock.waiting()).toBe(0);
    expect(await kinds(open(2, 3), 2)).toEqual(['mine']);
    expect(await kinds(open(1, 3), 1)).toEqual(['settled']);
  });

  it('writes nothing over what it could not read', async () => {
    let isDown = false;
    const { clock, open, put } = stage((memory) => ({
      read: (key) => (isDown ? down() : memory.read(key)),
    }));
    const session = open(1, 3);
    await settle(session, 1);
    await session.close('2');
    isDown = true;
    const blind = open(1, 3, AbortSignal.abort());
    await clock.advance(5 * flushMs);
    await expect(blind.take(workOf(1))).rejects.toThrow(LedgerError);
    await expect(blind.close('2')).rejects.toThrow(LedgerError);
    expect(put).toHaveBeenCalledTimes(1);
    isDown = false;
    await blind.close('2');
    expect(await kinds(open(1, 3), 1)).toEqual(['settled']);
  });

  it('writes nothing any more once it is abandoned', async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { clock, open, put } = stage((memory) => ({
      put: (entries) => promise.then(() => memory.put(entries)),
    }));
    const session = open(1, 3);
    await settle(session, 1);
    await clock.advance(flushMs);
    await settle(session, 2);
    const closing = session.close('3');
    session.abandon();
    resolve(undefined);
    await closing;
    await clock.advance(5 * flushMs);
    expect([put.mock.calls.length, clock.waiting()]).toEqual([1, 0]);
  });

  it('Promise 8: fails what it cannot make out, rather than run it again or pass it over', async () => {
    const { entries, open } = stage();
    const entry: Entry = {
      key: keyOf(3),
      status: 'COMPLETED',
      expiresAtSeconds: 9e9,
      data: new Uint8Array([9]),
    };
    entries.set(entry.key, entry);
    const session = open(1, 3);
    const error: unknown = await session.take(workOf(1)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(LedgerError);
    expect(error).toMatchObject({
      message: expect.stringContaining(`could not make out the checkpoint "${keyOf(3)}"`) as string,
      cause: expect.any(Error) as Error,
    });
    await expect(session.close('1')).rejects.toThrow(LedgerError);
    entries.set(entry.key, { ...entry, expiresAtSeconds: 1 });
    expect(await kinds(session, 1)).toEqual(['mine']);
  });
});

describe("guarantee: 'checkpoint', with context.commit", () => {
  const settledEntry: Entry = { key: workKey(workOf(1)), status: 'COMPLETED', expiresAtSeconds: 9e9 };
  const commitWith = async (commit: Store['commit']) => {
    const spy = vi.fn(commit);
    const { clock, open } = stage(() => ({ commit: spy }));
    const session = open(1, 3);
    const hold = holdOf(await session.take(workOf(1)));
    const word = await hold.commit([]).catch((error: unknown) => error);
    return { word, spy, clock, after: await session.take(workOf(1)) };
  };

  it('writes the entry of the work along with the writes, and has it settled', async () => {
    const { word, spy, clock, after } = await commitWith(() => Promise.resolve({ kind: 'written' }));
    expect([word, after]).toEqual(['kept', { kind: 'settled', as: 'handled' }]);
    const entry: unknown = expect.objectContaining({
      key: workKey(workOf(1)),
      status: 'COMPLETED',
      owner: expect.any(String) as string,
      expiresAtSeconds: Math.ceil(clock.now() / 1_000) + expiresAfterSeconds,
    });
    expect(spy.mock.calls).toEqual([[[], entry, 'unclaimed', clock.now()]]);
  });

  it.each(['handled', 'dead-lettered'] as const)('tells that it was %s before', async (as) => {
    const found = { ...settledEntry, data: as === 'handled' ? undefined : as };
    const { word, after } = await commitWith(() => Promise.resolve({ kind: 'refused', found }));
    expect([word, after]).toEqual(['settled', { kind: 'settled', as }]);
  });

  it.each([
    [
      "a claim of guarantee: 'claim'",
      { ...settledEntry, status: 'INPROGRESS' as const, leaseEndsAtMs: 9e15 },
    ],
    ['nothing that can be said', undefined],
  ])('Promise 1: does not take %s for settled', async (_, found) => {
    const { word, after } = await commitWith(() => Promise.resolve({ kind: 'refused', found }));
    expect([word, after.kind]).toEqual(['lost', 'mine']);
  });

  it("hands on the user's own condition, and is not settled", async () => {
    const error = new CommitConditionError('no', []);
    const { word, after } = await commitWith(() => Promise.reject(error));
    expect(word).toBe(error);
    expect(after.kind).toBe('mine');
  });

  it('hands on any other failure as it is, for it may be a fault of the writes', async () => {
    const { word, after } = await commitWith(down);
    expect(word).toEqual(new Error('down'));
    expect(after.kind).toBe('mine');
  });
});
