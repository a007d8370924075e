import { beforeEach, describe, expect, it } from 'vitest';
import { createClaimLedger } from '../../src/idempotency/claim-ledger.ts';
import type { Hold, LedgerSession, Taken } from '../../src/idempotency/session.ts';
import type { Store } from '../../src/idempotency/store.ts';
import type { MemoryStore } from '../../src/testing/memory-store.ts';
import { memoryStore } from '../../src/testing/memory-store.ts';
import type { TestClock } from './checkpoint-store.ts';
import { testClock } from './checkpoint-store.ts';
import { openSession, workOf } from './open-session.ts';

const work = workOf('a');
const second = 1_000;

let clock: TestClock;
let store: MemoryStore;
beforeEach(() => {
  clock = testClock();
  store = memoryStore();
});

interface Run {
  /** `Infinity`: none, so that a claim lasts for the invocation. */
  readonly leaseSeconds?: number;
  readonly timeoutMs?: number;
  /** What is different about the store for this run. */
  readonly altered?: Partial<Store>;
}

/** An invocation that began now. */
function run({ leaseSeconds = 3, timeoutMs = 60 * second, altered = {} }: Run = {}): LedgerSession {
  const endsAt = clock.now() + timeoutMs;
  const ledger = createClaimLedger(
    { ...store, ...altered },
    { expiresAfterSeconds: 172_800, leaseSeconds: leaseSeconds === Infinity ? undefined : leaseSeconds },
  );
  return openSession(ledger, 0, {
    runtime: { ...clock, random: () => 0.5, sleep: () => Promise.resolve() },
    untilTimeoutMs: () => endsAt - clock.now(),
  });
}

const kindFor = async (session: LedgerSession): Promise<Taken['kind']> => (await session.take(work)).kind;

async function take(session: LedgerSession, of = work): Promise<Hold> {
  const taken = await session.take(of);
  if (taken.kind !== 'mine') throw new Error(`it is ${taken.kind}`);
  return taken.hold;
}

/** Counts renewals, which end as they are told to. */
function renewals(
  renew: (number: number, go: () => ReturnType<Store['renew']>) => ReturnType<Store['renew']>,
) {
  let count = 0;
  return {
    count: () => count,
    altered: {
      renew: (...given: Parameters<Store['renew']>) => {
        count += 1;
        return renew(count, () => store.renew(...given));
      },
    },
  };
}

describe('a lease that is shorter than the invocation', () => {
  it('Promise 4: is renewed while its run lives, so that another finds the work held', async () => {
    await take(run());
    for (let seconds = 0; seconds < 20; seconds += 1) {
      await clock.advance(second);
      expect(await kindFor(run())).toBe('held');
    }
    const taken = await run().take(work);
    expect(taken).toMatchObject({ kind: 'held' });
    expect(taken.kind === 'held' && (taken.untilMs ?? 0) - clock.now()).toBeLessThanOrEqual(3 * second);
  });

  it('Promise 4: keeps others away until Lambda ends the invocation, and no longer', async () => {
    await take(run({ timeoutMs: 10 * second }));
    await clock.advance(10 * second - 1);
    expect(await kindFor(run())).toBe('held');
    await clock.advance(2);
    expect(clock.waiting()).toBe(0);
    expect(await kindFor(run())).toBe('mine');
  });

  it('ends when the invocation has let go of it, and nothing runs any more', async () => {
    const session = run();
    await take(session);
    await clock.advance(10 * second);
    session.abandon();
    expect(clock.waiting()).toBe(0);
    await clock.advance(2 * second - 1);
    expect(await kindFor(run())).toBe('held');
    await clock.advance(second + 2);
    expect(await kindFor(run())).toBe('mine');
  });

  it('ends too if the answer to its claim comes after that', async () => {
    const { promise: mayGo, resolve: go } = Promise.withResolvers<undefined>();
    const session = run({ altered: { insert: (entry) => mayGo.then(() => store.insert(entry)) } });
    const taken = session.take(work);
    session.abandon();
    go(undefined);
    expect((await taken).kind).toBe('mine');
    expect(clock.waiting()).toBe(0);
    await clock.advance(4 * second);
    expect(await kindFor(run())).toBe('mine');
  });

  it('is renewed for all that a run holds, in one go', async () => {
    const { altered, count } = renewals((_, go) => go());
    const session = run({ altered });
    for (const eventId of ['a', 'b', 'c']) await take(session, workOf(eventId));
    expect(clock.waiting()).toBe(1);
    await clock.advance(second);
    expect(count()).toBe(3);
    await clock.advance(second);
    expect(count()).toBe(6);
    expect(clock.waiting()).toBe(1);
  });

  it.each(['handled', 'dead-lettered', 'released', 'committed'] as const)(
    'is not renewed for work that is %s',
    async (end) => {
      const { altered, count } = renewals((_, go) => go());
      const hold = await take(run({ altered }));
      await clock.advance(second);
      if (end === 'released') await hold.release();
      else if (end === 'committed') await hold.commit([]);
      else await hold.complete(end);
      await clock.advance(20 * second);
      expect(count()).toBe(1);
      expect(clock.waiting()).toBe(0);
    },
  );

  it('is renewed for work that comes after all before it was settled', async () => {
    const session = run();
    await (await take(session, workOf('before'))).complete('handled');
    await clock.advance(10 * second);
    await take(session);
    await clock.advance(10 * second);
    expect(await kindFor(run())).toBe('held');
  });

  it('is renewed with the next try if one fails', async () => {
    const { altered, count } = renewals((number, go) =>
      number % 2 === 1 ? Promise.reject(new Error('no answer')) : go(),
    );
    const hold = await take(run({ altered }));
    await clock.advance(20 * second);
    expect(count()).toBe(20);
    expect(await kindFor(run())).toBe('held');
    expect(await hold.complete('handled')).toBe('kept');
  });

  it('Promise 4: is renewed with the next try too if what fails is the one that would last to the end', async () => {
    const { altered } = renewals((number, go) =>
      number === 1 ? Promise.reject(new Error('no answer')) : go(),
    );
    await take(run({ altered, timeoutMs: 4 * second }));
    await clock.advance(4 * second - 1);
    expect(await kindFor(run())).toBe('held');
    expect(clock.waiting()).toBe(0);
  });

  it('Promise 4: is counted from the asking and not from the answer, when its renewal fails', async () => {
    const { altered } = renewals(() => Promise.reject(new Error('no answer')));
    const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
    const session = run({
      altered: {
        ...altered,
        insert: (entry) => store.insert(entry).then((written) => answered.then(() => written)),
      },
    });
    const asked = take(session);
    await clock.advance(1.4 * second);
    answer(undefined);
    const late = await asked;
    await clock.advance(1.7 * second);
    await take(run());
    await expect(late.confirm()).rejects.toThrow('could not renew a claim');
  });

  it('is not renewed again once another run has the claim, and its late word changes nothing', async () => {
    const { altered, count } = renewals((number, go) =>
      number <= 3 ? Promise.reject(new Error('no answer')) : go(),
    );
    const late = await take(run({ altered }));
    await clock.advance(3 * second + 1);
    const other = await take(run());
    await clock.advance(20 * second);
    expect(count()).toBe(4);
    expect(await late.complete('handled')).toBe('lost');
    expect(await kindFor(run())).toBe('held');
    expect(await other.complete('handled')).toBe('kept');
  });

  it('Promise 4: is never moved back by a renewal that arrives after a later one', async () => {
    const { promise: mayGo, resolve: go } = Promise.withResolvers<undefined>();
    const { altered } = renewals((number, renew) => (number === 1 ? mayGo.then(renew) : renew()));
    await take(run({ altered }));
    await clock.advance(4 * second + 500);
    go(undefined);
    await clock.advance(0);
    expect(await kindFor(run())).toBe('held');
  });

  it('Promise 4: that is over before its claim is answered is no claim, for another may have it', async () => {
    const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
    const session = run({
      altered: { insert: (entry) => store.insert(entry).then((written) => answered.then(() => written)) },
    });
    const late = session.take(work);
    await clock.advance(3 * second + 1);
    await take(run());
    answer(undefined);
    expect((await late).kind).toBe('held');
  });
});

describe('a lease that lasts as long as the invocation', () => {
  it.each([Infinity, 60, 900])('needs no timer (%s seconds)', async (leaseSeconds) => {
    await take(run({ leaseSeconds }));
    expect(clock.waiting()).toBe(0);
    await clock.advance(60 * second - 1);
    expect(await kindFor(run())).toBe('held');
    await clock.advance(2);
    expect(await kindFor(run())).toBe('mine');
  });
});

describe('a claim whose answer was lost', () => {
  it('Promise 1: does not keep its own run away when it asks again', async () => {
    let lost = 0;
    const session = run({
      leaseSeconds: Infinity,
      altered: {
        async insert(entry) {
          const written = await store.insert(entry);
          if (lost > 0) return written;
          lost += 1;
          throw new Error('the answer was lost');
        },
      },
    });
    await expect(session.take(work)).rejects.toThrow('could not claim a record');
    expect(await kindFor(session)).toBe('mine');
  });
});

describe('work that another run holds', () => {
  it('is written once in vain, and then only looked at, for a write costs more', async () => {
    await take(run());
    const said: string[] = [];
    const session = run({
      altered: {
        insert: (entry) => (said.push('insert'), store.insert(entry)),
        read: (key) => (said.push('read'), store.read(key)),
      },
    });
    for (let look = 0; look < 4; look += 1) expect(await kindFor(session)).toBe('held');
    // After a read it is not known to be held until that has shown it.
    expect(said).toEqual(['insert', 'read', 'read', 'read']);
  });

  it('counts as held if others are always faster, and is asked for again later', async () => {
    let tries = 0;
    const ended = {
      kind: 'refused',
      found: { key: '', status: 'INPROGRESS', owner: 'x', leaseEndsAtMs: 1, expiresAtSeconds: Infinity },
    } as const;
    const session = run({
      altered: {
        insert: () => Promise.resolve(ended),
        replace: () => {
          tries += 1;
          if (tries > 50) throw new Error('it never ends');
          return Promise.resolve(ended);
        },
      },
    });
    expect(await session.take(work)).toEqual({ kind: 'held', untilMs: undefined });
    expect(tries).toBeLessThanOrEqual(5);
  });
});

describe('a claim whose run is dead', () => {
  it('Promise 4: is taken over by one of many that see it at the same time', async () => {
    await take(run({ leaseSeconds: Infinity, timeoutMs: second }));
    await clock.advance(second + 1);
    const kinds = await Promise.all(Array.from({ length: 10 }, () => kindFor(run())));
    expect(kinds.toSorted()).toEqual([...Array.from({ length: 9 }, () => 'held'), 'mine']);
  });

  it('that is gone when it is released was released', async () => {
    const hold = await take(
      run({ altered: { remove: () => Promise.resolve({ kind: 'refused', found: undefined }) } }),
    );
    expect(await hold.release()).toBe('kept');
  });

  it('was not lost if it was settled by its own commit, whose answer did not come', async () => {
    const hold = await take(
      run({
        altered: {
          async commit(...given) {
            await store.commit(...given);
            throw new Error('the answer was lost');
          },
        },
      }),
    );
    await expect(hold.commit([])).rejects.toThrow('the answer was lost');
    expect(await hold.release()).toBe('kept');
    expect(await run().take(work)).toEqual({ kind: 'settled', as: 'handled' });
  });

  it('Promise 4: commits nothing once another holds the work, and is told if it has settled it', async () => {
    const late = await take(run({ leaseSeconds: Infinity, timeoutMs: second }));
    await clock.advance(second + 1);
    const other = await take(run());
    expect(await late.commit([])).toBe('lost');
    await other.complete('dead-lettered');
    expect(await late.commit([])).toBe('settled');
    expect(store.commits).toEqual([]);
  });
});

it('Promise 4: a record of a batch whose claim is under way is not claimed by the same run twice', async () => {
  const session = run();
  const kinds = await Promise.all(Array.from({ length: 3 }, () => kindFor(session)));
  expect(kinds.toSorted()).toEqual(['held', 'held', 'mine']);
});
