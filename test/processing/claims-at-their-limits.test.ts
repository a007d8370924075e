import { describe, expect, it } from 'vitest';
import { createHandler, createHandlerIn } from '../../src/create-handler.ts';
import { CommitConditionError, PermanentError } from '../../src/errors.ts';
import { createClaimLedger } from '../../src/idempotency/claim-ledger.ts';
import type { OutcomeName, CheckpointLostEvent } from '../../src/index.ts';
import type { Store } from '../../src/idempotency/store.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { insertRecord, lambdaContext, memoryLedger, streamEvent } from '../../src/testing/index.ts';
import { memoryStore } from '../../src/testing/memory-store.ts';
import { alteredLedger } from '../altered-ledger.ts';
import { openSession, workOf } from '../idempotency/open-session.ts';

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const record = (pk: string, eventId: string) => insertRecord({ pk }, { eventId, table: 'Shop' });
const arn = record('x', 'x').eventSourceARN ?? '';
const workOn = (eventId: string) => workOf(eventId, { consumer: 'shop', route: 'all', eventSourceArn: arn });
const throttled = () => Object.assign(new Error('t'), { name: 'ThrottlingException' });
const options = {
  consumer: 'shop',
  deadLetters: 'off',
  log: 'off',
  retry: { baseDelayMs: 1, maxDelayMs: 2 },
} as const;

describe('a claim, at its limits', () => {
  it('Promise 4: work that another run settled while its claim waited for its turn does not run again', async () => {
    const ledger = memoryLedger({ leaseSeconds: 1 });
    const runs: string[] = [];
    const router = createRouter().onInsert('all', anyItem<{ pk: string }>(), async ({ newImage }) => {
      runs.push(newImage.pk);
      if (newImage.pk !== 'A') return;
      // The claim on b is taken ahead.
      await later(5);
      const until = Date.now() + 1_300;
      // The process stands still for longer than the lease.
      while (Date.now() < until) continue;
      const other = await openSession(ledger.ledger).take(workOn('b'));
      if (other.kind === 'mine') {
        runs.push('B (other run)');
        await other.hold.complete('handled');
      }
    });
    const handler = createHandler(router, { ...options, ledger, concurrency: 1 });
    await handler(streamEvent(record('A', 'a'), record('B', 'b')), lambdaContext({ remainingMs: 30_000 }));
    expect(runs).toEqual(['A', 'B (other run)']);
  });

  it('a claim taken ahead is released though the first word is throttled, while there is time', async () => {
    let calls = 0;
    const ledger = alteredLedger({
      async release(release) {
        calls += 1;
        if (calls === 2 || calls === 3) throw throttled();
        return release();
      },
    });
    const router = createRouter().onInsert('all', anyItem<{ pk: string; n: number }>(), ({ newImage }) => {
      if (newImage.n === 0) throw new PermanentError('never');
    });
    const change = (n: number) => insertRecord({ pk: 'A', n }, { eventId: `a${n}`, table: 'Shop' });
    const handler = createHandler(router, { ...options, ledger });
    await handler(streamEvent(change(0), change(1), change(2)), lambdaContext({ remainingMs: 840_000 }));
    expect([...ledger.entries.keys()]).toEqual([]);
  });

  it('Promise 1: is not waited for as that of another run if it could not be made sure of at once', async () => {
    let asked = 0;
    const ledger = alteredLedger({
      confirm(confirm) {
        asked += 1;
        return asked === 1 ? Promise.reject(throttled()) : confirm();
      },
    });
    const outcomes: OutcomeName[] = [];
    const router = createRouter().onInsert('all', anyItem(), () => undefined);
    const handler = createHandler(router, {
      ...options,
      ledger,
      observers: [{ onRecord: ({ outcome }) => outcomes.push(outcome) }],
    });
    await handler(streamEvent(record('A', 'a')), lambdaContext({ remainingMs: 3_000 }));
    expect(outcomes).toEqual(['handled']);
  });

  it('is released if it cannot be made sure of', async () => {
    const ledger = alteredLedger({ confirm: () => Promise.reject(new Error('no')) });
    const router = createRouter().onInsert('all', anyItem(), () => undefined);
    const handler = createHandler(router, { ...options, ledger });
    const response = await handler(streamEvent(record('A', 'a')), lambdaContext({ remainingMs: 3_000 }));
    expect([response.batchItemFailures.length, ledger.entries.size]).toEqual([1, 0]);
  });

  it.each(['complete', 'release'] as const)(
    'Promise 4: a word of a handler that ends as time runs out (%s) is said again until the response is due',
    async (word) => {
      let said = 0;
      const fails = <Result>(go: () => Promise<Result>): Promise<Result> => {
        said += 1;
        return said === 1 ? Promise.reject(throttled()) : go();
      };
      const ledger = alteredLedger({ [word]: fails });
      const router = createRouter().onInsert('all', anyItem(), async (_, { signal }) => {
        while (!signal.aborted) await later(5);
        if (word === 'release') throw new Error('told to stop');
      });
      const handler = createHandler(router, { ...options, ledger, deadlineMarginMs: 2_000 });
      await handler(streamEvent(record('A', 'a')), lambdaContext({ remainingMs: 2_100 }));
      expect([...ledger.entries.values()]).toEqual(word === 'complete' ? ['COMPLETED'] : []);
    },
  );

  it('Promise 4: what a checkpoint needs is written down with the next try, though the time to handle is over', async () => {
    let closes = 0;
    const ledger = alteredLedger(
      {
        close(close) {
          closes += 1;
          return closes === 1 ? Promise.reject(throttled()) : close();
        },
      },
      memoryLedger({ guarantee: 'checkpoint' }),
    );
    const lost: unknown[] = [];
    const router = createRouter().onInsert('all', anyItem(), () => later(1_000));
    const handler = createHandler(router, {
      ...options,
      ledger,
      deadlineMarginMs: 600,
      observers: [{ onCheckpointLost: (event) => lost.push(event) }],
    });
    const response = await handler(streamEvent(record('A', 'a')), lambdaContext({ remainingMs: 700 }));
    expect([response.batchItemFailures.length, closes, lost]).toEqual([1, 2, []]);
  });

  it('the observers are told of a checkpoint that cannot be written down, and the response is given', async () => {
    const refused = Object.assign(new Error('no'), { $fault: 'client' });
    const ledger = alteredLedger({ close: () => Promise.reject(refused) });
    const lost: CheckpointLostEvent[] = [];
    const router = createRouter().onInsert('all', anyItem(), () => {
      throw new PermanentError('never');
    });
    const handler = createHandler(router, {
      ...options,
      ledger,
      observers: [{ onCheckpointLost: (event) => lost.push(event) }],
    });
    const context = lambdaContext();
    const { batchItemFailures } = await handler(streamEvent(record('A', 'a')), context);
    expect(lost).toEqual([
      {
        consumer: 'shop',
        requestId: context.awsRequestId,
        checkpoint: batchItemFailures[0]?.itemIdentifier,
        error: refused,
      },
    ]);
  });

  it('a commit that comes while that of a timed-out attempt is under way goes through if the other fails', async () => {
    const [secondRuns, firstCommits, secondCommits] = Array.from({ length: 3 }, () =>
      Promise.withResolvers<undefined>(),
    );
    let commits = 0;
    const ledger = alteredLedger({
      async commit(commit) {
        commits += 1;
        if (commits > 1) return commit();
        firstCommits?.resolve(undefined);
        await secondCommits?.promise;
        throw new CommitConditionError('a condition does not hold', []);
      },
    });
    const outcomes: OutcomeName[] = [];
    const router = createRouter().onInsert(
      'all',
      anyItem(),
      async (_, { attempt, commit }) => {
        if (attempt === 1) {
          await secondRuns?.promise;
          return commit([]);
        }
        secondRuns?.resolve(undefined);
        await firstCommits?.promise;
        const committed = commit([]);
        secondCommits?.resolve(undefined);
        return committed;
      },
      { timeoutMs: 300 },
    );
    const handler = createHandler(router, {
      ...options,
      ledger,
      observers: [{ onRecord: ({ outcome }) => outcomes.push(outcome) }],
    });
    await handler(streamEvent(record('A', 'a')), lambdaContext());
    expect([outcomes, commits]).toEqual([['handled'], 2]);
  });

  it('goes on ahead behind an item that failed', async () => {
    const ledger = alteredLedger({
      take: async (work, take) => {
        await later(5);
        return take(work);
      },
    });
    const router = createRouter().onInsert('all', anyItem<{ pk: string; n: number }>(), ({ newImage }) => {
      if (newImage.pk === 'HOT') throw new PermanentError('never');
    });
    const hot = Array.from({ length: 200 }, (_, n) =>
      insertRecord({ pk: 'HOT', n }, { eventId: `h${n}`, table: 'Shop' }),
    );
    const rest = Array.from({ length: 200 }, (_, n) =>
      insertRecord({ pk: `K${n}`, n }, { eventId: `k${n}`, table: 'Shop' }),
    );
    const handler = createHandler(router, { ...options, ledger, concurrency: 1 });
    const at = Date.now();
    await handler(streamEvent(...hot, ...rest), lambdaContext({ remainingMs: 60_000 }));
    const took = Date.now() - at;
    // Each of the 200 others would wait its own 5 ms, if nothing were asked ahead.
    expect(took).toBeLessThan(500);
  });

  it('Promise 4: a handler does not run again once its timed-out attempt has committed', async () => {
    const ledger = memoryLedger();
    let runs = 0;
    const router = createRouter().onInsert(
      'all',
      anyItem<{ pk: string }>(),
      async (_, context) => {
        runs += 1;
        if (runs === 1) {
          await later(30);
          await context.commit([]).catch(() => undefined);
        }
      },
      { timeoutMs: 20 },
    );
    const handler = createHandlerIn({ ...systemRuntime, random: () => 0.5 }, router, {
      ...options,
      ledger,
      retry: { baseDelayMs: 1_000, maxDelayMs: 1_000 },
    });
    await handler(streamEvent(record('A', 'a')), lambdaContext({ remainingMs: 20_000 }));
    expect(runs).toBe(1);
  });

  it('a record that waits for another run keeps no other waiting, with a ledger that asks for nothing ahead', async () => {
    const base = memoryLedger();
    await openSession(base.ledger, 2_000).take(workOn('a'));
    const ledger = Object.assign(base, { ledger: { ...base.ledger, ahead: 0 } });
    const at = Date.now();
    let first = 0;
    const router = createRouter().onInsert('all', anyItem<{ pk: string }>(), ({ newImage }) => {
      if (newImage.pk === 'B') first = Date.now() - at;
    });
    await createHandler(router, { ...options, ledger, concurrency: 1 })(
      streamEvent(record('A', 'a'), record('B', 'b')),
      lambdaContext({ remainingMs: 20_000 }),
    );
    expect(first).toBeLessThan(500);
  });

  it('a batch is answered though the release of unused claims hangs', async () => {
    const ledger = alteredLedger({
      take: (work, take) => (work.eventId === 'a1' ? new Promise(() => undefined) : take(work)),
    });
    const router = createRouter().onInsert('all', anyItem<{ pk: string }>(), () => {
      throw new PermanentError('never');
    });
    const change = (n: number) => insertRecord({ pk: 'A', n }, { eventId: `a${n}`, table: 'Shop' });
    const at = Date.now();
    await createHandler(router, { ...options, ledger })(
      streamEvent(change(0), change(1)),
      lambdaContext({ remainingMs: 6_000 }),
    );
    expect(Date.now() - at).toBeLessThan(2_000);
  });

  it('a commit that comes while the letter of its handler is on the way is refused', async () => {
    const ledger = memoryLedger();
    const words: unknown[] = [];
    const outcomes: string[] = [];
    const lost: unknown[] = [];
    const router = createRouter().onInsert('all', anyItem<{ pk: string }>(), (_, context) => {
      void later(20).then(() =>
        context.commit([]).then(
          () => words.push('committed'),
          (error: unknown) => words.push((error as Error).name),
        ),
      );
      throw new PermanentError('never');
    });
    const letters: unknown[] = [];
    const handler = createHandler(router, {
      ...options,
      ledger,
      deadLetters: {
        send: async (letter) => {
          await later(60);
          letters.push(letter);
        },
      },
      observers: [
        { onRecord: ({ outcome }) => void outcomes.push(outcome), onClaimLost: (e) => void lost.push(e) },
      ],
    });
    const { batchItemFailures } = await handler(
      streamEvent(record('A', 'a')),
      lambdaContext({ remainingMs: 20_000 }),
    );
    expect({
      words,
      letters: letters.length,
      outcomes,
      lost: lost.length,
      failures: batchItemFailures.length,
      commits: ledger.commits.length,
    }).toEqual({
      words: ['CommitRefusedError'],
      letters: 1,
      outcomes: ['dead-lettered'],
      lost: 0,
      failures: 0,
      commits: 0,
    });
  });

  it('a record that runs while the time ends is deferred and not blocked, behind a failure without a ledger', async () => {
    const told: unknown[] = [];
    const router = createRouter().onInsert('all', anyItem<{ pk: string }>(), async ({ newImage }) => {
      if (newImage.pk === 'A') throw new PermanentError('never');
      await later(1_500);
    });
    const handler = createHandler(router, {
      ...options,
      ledger: 'off',
      deadlineMarginMs: 100,
      observers: [
        { onRecord: ({ eventId, outcome, routes }) => told.push([eventId, outcome, routes.length]) },
      ],
    });
    await handler(streamEvent(record('A', 'a'), record('B', 'b')), lambdaContext({ remainingMs: 1_000 }));
    expect(told).toEqual([
      ['a', 'failed', 1],
      ['b', 'deferred', 1],
    ]);
  });

  it('Promise 1: one that was asked for and never answered is let go when the batch ends', async () => {
    const store = memoryStore();
    const lossy: Store = {
      ...store,
      insert: (entry) => store.insert(entry).then(() => Promise.reject(new Error('the answer was lost'))),
    };
    const session = openSession(
      createClaimLedger(lossy, { expiresAfterSeconds: 172_800, leaseSeconds: undefined }),
    );
    await expect(session.take(workOn('a'))).rejects.toThrow(/could not claim/);
    expect(store.entries.size).toBe(1);
    await session.close('1');
    expect(store.entries.size).toBe(0);
  });
});
