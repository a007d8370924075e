import { describe, expect, it } from 'vitest';
import { createHandler, createHandlerIn } from '../../src/create-handler.ts';
import type { HandlerOptions } from '../../src/handler-options.ts';
import type { ClaimLostEvent, OutcomeName } from '../../src/index.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import type { MemoryLedger } from '../../src/testing/index.ts';
import {
  insertRecord,
  lambdaContext,
  memoryLedger,
  modifyRecord,
  streamEvent,
} from '../../src/testing/index.ts';
import { alteredLedger } from '../altered-ledger.ts';
import { openSession, workOf } from '../idempotency/open-session.ts';
import { instantRuntime } from '../instant-runtime.ts';

interface Item {
  readonly pk: string;
  readonly n?: number;
}

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const record = (pk: string, eventId: string) => insertRecord({ pk }, { eventId, table: 'Shop' });

/** The ledger's key for an event of the table Shop, as another run would claim it. */
const workOn = (eventId: string) =>
  workOf(eventId, { consumer: 'shop', route: 'all', eventSourceArn: record('x', 'x').eventSourceARN ?? '' });

function stage(handle: (item: Item) => unknown, ledger: MemoryLedger, options: HandlerOptions = {}) {
  const outcomes = new Map<string, OutcomeName>();
  const lost: ClaimLostEvent[] = [];
  const router = createRouter().onChange(
    'all',
    anyItem<Item>(),
    ({ newImage }) => newImage && handle(newImage),
  );
  const handler = createHandler(router, {
    consumer: 'shop',
    ledger,
    deadLetters: 'off',
    log: 'off',
    retry: { baseDelayMs: 1, maxDelayMs: 2 },
    observers: [
      {
        onRecord: ({ eventId, outcome }) => outcomes.set(eventId, outcome),
        onClaimLost: (event) => lost.push(event),
      },
    ],
    ...options,
  });
  return { handler, outcomes, lost };
}

describe('a claim that another run holds', () => {
  it('Promise 4: is waited for, and taken when its lease ends', async () => {
    const ledger = memoryLedger();
    await openSession(ledger.ledger, 150).take(workOn('a'));
    const startedAt = Date.now();
    const { handler, outcomes } = stage(() => undefined, ledger);
    expect(await handler(streamEvent(record('A', 'a')), lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(outcomes.get('a')).toBe('handled');
    expect(Date.now() - startedAt).toSatisfy((ms: number) => ms >= 140 && ms < 2_000);
  });

  it('Promise 4: is waited for, and passed over when its owner completes it', async () => {
    const ledger = memoryLedger();
    const taken = await openSession(ledger.ledger).take(workOn('a'));
    const runs: string[] = [];
    const { handler, outcomes } = stage(({ pk }) => runs.push(pk), ledger);
    const response = handler(streamEvent(record('A', 'a')), lambdaContext());
    await later(20);
    if (taken.kind === 'mine') await taken.hold.complete('handled');
    expect(await response).toEqual({ batchItemFailures: [] });
    expect([outcomes.get('a'), runs]).toEqual(['duplicate', []]);
  });

  it('Promise 4: fails the record when the time is over, and not before', async () => {
    const ledger = memoryLedger();
    await openSession(ledger.ledger).take(workOn('a'));
    const { handler, outcomes } = stage(() => undefined, ledger, { deadlineMarginMs: 100 });
    const startedAt = Date.now();
    const { batchItemFailures } = await handler(
      streamEvent(record('A', 'a')),
      lambdaContext({ remainingMs: 1_500 }),
    );
    expect(batchItemFailures).toHaveLength(1);
    expect(outcomes.get('a')).toBe('failed');
    expect(Date.now() - startedAt).toSatisfy((ms: number) => ms >= 1_200 && ms < 4_000);
  });

  it('does not keep other items waiting, with one lane at a time too', async () => {
    const ledger = memoryLedger();
    await openSession(ledger.ledger, 300).take(workOn('a'));
    const runs: string[] = [];
    const { handler, outcomes } = stage(({ pk }) => runs.push(pk), ledger, { concurrency: 1 });
    const events = ['b', 'c', 'd'].map((id) => record(id.toUpperCase(), id));
    await handler(streamEvent(record('A', 'a'), ...events), lambdaContext());
    expect(runs).toEqual(['B', 'C', 'D', 'A']);
    expect([...outcomes.values()].every((outcome) => outcome === 'handled')).toBe(true);
  });

  it('never lets more handlers run at once than it may, when those that waited come back', async () => {
    const ledger = memoryLedger();
    const waiting = openSession(ledger.ledger, 100);
    const ids = Array.from({ length: 30 }, (_, index) => `e${index}`);
    for (const id of ids.slice(0, 15)) await waiting.take(workOn(id));
    let [running, most] = [0, 0];
    const { handler } = stage(
      async () => {
        running += 1;
        most = Math.max(most, running);
        await later(10);
        running -= 1;
      },
      ledger,
      { concurrency: 3 },
    );
    expect(await handler(streamEvent(...ids.map((id) => record(id, id))), lambdaContext())).toEqual({
      batchItemFailures: [],
    });
    expect(most).toBe(3);
  });
});

describe('claims that are taken ahead', () => {
  it('are released when their turn never comes: behind a failed change of their item', async () => {
    const ledger = memoryLedger();
    const outcomes: OutcomeName[] = [];
    const router = createRouter().onModify('all', anyItem<Item>(), ({ newImage }) => {
      if (newImage.n === 1) throw Object.assign(new Error('down'), { code: 'ECONNRESET' });
    });
    const handler = createHandlerIn(instantRuntime(), router, {
      ledger,
      deadLetters: 'off',
      log: 'off',
      observers: [{ onRecord: ({ outcome }) => outcomes.push(outcome) }],
    });
    const changes = [0, 1, 2, 3].map((n) =>
      modifyRecord({ oldImage: { pk: 'A', n: n - 1 }, newImage: { pk: 'A', n } }, { eventId: `a${n}` }),
    );
    await handler(streamEvent(...changes), lambdaContext());
    expect(outcomes.toSorted()).toEqual(['blocked', 'blocked', 'failed', 'handled']);
    expect([...ledger.entries.values()]).toEqual(['COMPLETED']);
  });

  it('are released when the time is over', async () => {
    const ledger = memoryLedger();
    const { handler } = stage(() => later(60), ledger, { concurrency: 2, deadlineMarginMs: 200 });
    const records = Array.from({ length: 100 }, (_, index) => record(`K${index}`, `e${index}`));
    const { batchItemFailures } = await handler(
      streamEvent(...records),
      lambdaContext({ remainingMs: 1_200 }),
    );
    expect(batchItemFailures).toHaveLength(1);
    expect(ledger.entries.size).toBeGreaterThan(2);
    expect(new Set(ledger.entries.values())).toEqual(new Set(['COMPLETED']));
  });

  it('are released as the time runs out, though a handler does not stop', async () => {
    const ledger = memoryLedger();
    const { handler } = stage(() => later(2_000), ledger, { concurrency: 2, deadlineMarginMs: 200 });
    const records = Array.from({ length: 100 }, (_, index) => record(`K${index}`, `e${index}`));
    const response = handler(streamEvent(...records), lambdaContext({ remainingMs: 1_200 }));
    await expect.poll(() => [...ledger.entries.values()]).toEqual(['INPROGRESS', 'INPROGRESS']);
    expect((await response).batchItemFailures).toHaveLength(1);
  });

  it('are released for the routes that a record had no time for', async () => {
    const ledger = memoryLedger();
    const router = createRouter()
      .onInsert('first', anyItem(), () => later(1_000))
      .onInsert('second', anyItem(), () => undefined);
    const handler = createHandler(router, { ledger, deadLetters: 'off', log: 'off', deadlineMarginMs: 800 });
    const { batchItemFailures } = await handler(
      streamEvent(record('A', 'a')),
      lambdaContext({ remainingMs: 1_600 }),
    );
    expect(batchItemFailures).toHaveLength(1);
    expect([...ledger.entries].map(([key, status]) => [key.split('#')[2], status])).toEqual([
      ['first', 'COMPLETED'],
    ]);
  });

  it('go some way ahead and not to the end of a large batch', async () => {
    const ledger = memoryLedger();
    const records = Array.from({ length: 1_000 }, (_, index) => record(`K${index}`, `e${index}`));
    const claimed: number[] = [];
    const { handler } = stage(
      () => claimed.push([...ledger.entries.values()].filter((status) => status === 'INPROGRESS').length),
      ledger,
      { concurrency: 1 },
    );
    await handler(streamEvent(...records), lambdaContext());
    expect(claimed).toHaveLength(1_000);
    expect(Math.max(...claimed)).toBeLessThanOrEqual(202);
    expect(claimed[0]).toBeGreaterThan(100);
  });

  it.each([
    ['one in three', (index: number) => index % 3 === 0],
    ['two in three', (index: number) => index % 3 !== 0],
  ])('are taken once for each and ahead for all, where %s is of a slow item', async (_, isSlow) => {
    const askedAfter = new Map<string, number>();
    const runsSinceAsked: number[] = [];
    let [asked, waiting, most] = [0, 0, 0];
    const ledger = alteredLedger({
      take: async (work, take) => {
        asked += 1;
        waiting += 1;
        most = Math.max(most, waiting);
        askedAfter.set(work.eventId, runsSinceAsked.length);
        await later(2);
        return take(work);
      },
    });
    const router = createRouter().onInsert('all', anyItem<Item>(), ({ newImage: { pk } }) =>
      later(pk === 'SLOW' ? 2 : 1),
    );
    const records = Array.from({ length: 900 }, (__, index) =>
      record(isSlow(index) ? 'SLOW' : `K${index}`, `e${index}`),
    );
    const handler = createHandler(
      router.use((change, __, next) => {
        waiting -= 1;
        runsSinceAsked.push(runsSinceAsked.length - (askedAfter.get(change.eventId) ?? Infinity));
        return next();
      }),
      { ledger, deadLetters: 'off', log: 'off' },
    );
    await handler(streamEvent(...records), lambdaContext());
    expect([runsSinceAsked.length, asked]).toEqual([900, 900]);
    // The first ten find nothing that was asked before them.
    expect(runsSinceAsked.filter((runs) => runs < 10).length).toBeLessThanOrEqual(10);
    expect(most).toBeLessThanOrEqual(210);
  });

  it('are not taken for all there is when one item is far ahead of the others', async () => {
    let [asked, waiting, most] = [0, 0, 0];
    const ledger = alteredLedger({
      take(work, take) {
        asked += 1;
        waiting += 1;
        most = Math.max(most, waiting);
        return take(work);
      },
    });
    const { handler } = stage(
      ({ pk }) => {
        waiting -= 1;
        return pk === 'K0' ? undefined : later(20);
      },
      ledger,
      { concurrency: 40 },
    );
    const records = Array.from({ length: 1_200 }, (_, index) => record(`K${index % 40}`, `e${index}`));
    await handler(streamEvent(...records), lambdaContext({ remainingMs: 3_000 }));
    expect(asked).toBe(1_200);
    expect(most).toBeGreaterThan(100);
    expect(most).toBeLessThanOrEqual(240);
  });

  it('are not taken for a change that "when" does not want', async () => {
    const ledger = memoryLedger();
    const router = createRouter().onInsert('all', anyItem<Item>(), () => undefined, {
      when: ({ newImage }) => newImage.pk === 'A',
    });
    const claimed: string[] = [];
    const watched = alteredLedger(
      {
        take(work, take) {
          claimed.push(work.eventId);
          return take(work);
        },
      },
      ledger,
    );
    const handler = createHandler(router, { ledger: watched, deadLetters: 'off', log: 'off' });
    await handler(streamEvent(record('A', 'a'), record('B', 'b')), lambdaContext());
    expect(claimed).toEqual(['a']);
  });
});

describe('a completion that takes its time', () => {
  const slowly = (ms: number) =>
    alteredLedger({
      complete: async (complete) => {
        await later(ms);
        return complete();
      },
    });

  it('Promise 2: keeps the next change of its item waiting, and lets other items go on', async () => {
    const starts: string[] = [];
    const settled: string[] = [];
    const ledger = slowly(30);
    const { handler } = stage(({ pk, n }) => starts.push(`${pk}${n} after ${settled.join(' ')}`), ledger, {
      concurrency: 1,
      observers: [{ onRecord: ({ eventId }) => settled.push(eventId) }],
    });
    const change = (pk: string, n: number) => insertRecord({ pk, n }, { eventId: `${pk}${n}` });
    await handler(streamEvent(change('A', 1), change('A', 2), change('B', 1)), lambdaContext());
    expect(starts).toEqual(['A1 after ', 'B1 after ', 'A2 after A1']);
  });

  it('does not let ever more of them pile up', async () => {
    let [underWay, most] = [0, 0];
    const ledger = alteredLedger({
      complete: async (complete) => {
        underWay += 1;
        most = Math.max(most, underWay);
        await later(5);
        underWay -= 1;
        return complete();
      },
    });
    const { handler } = stage(() => undefined, ledger, { concurrency: 5 });
    const records = Array.from({ length: 1_000 }, (_, index) => record(`K${index}`, `e${index}`));
    await handler(streamEvent(...records), lambdaContext());
    expect(most).toSatisfy((count: number) => count > 5 && count <= 205);
  });

  it('leaves the record deferred if the response is due before it, with the route that was at it', async () => {
    const told: unknown[] = [];
    const { handler } = stage(() => undefined, slowly(2_000), {
      deadlineMarginMs: 100,
      observers: [{ onRecord: ({ outcome, routes }) => told.push([outcome, routes[0]?.route]) }],
    });
    const { batchItemFailures } = await handler(
      streamEvent(record('A', 'a')),
      lambdaContext({ remainingMs: 1_000 }),
    );
    expect(batchItemFailures).toHaveLength(1);
    expect(told).toEqual([['deferred', 'all']]);
  });
});

describe('a run whose lease was over', () => {
  it('Promise 4: has no word about a record that another run has, and the observers are told', async () => {
    const ledger = memoryLedger({ leaseSeconds: 1 });
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const { handler, outcomes, lost } = stage(() => promise, ledger);
    const response = handler(streamEvent(record('A', 'a')), lambdaContext());
    await later(10);
    // Its renewals come to nothing, as if the process had stood still, and another run takes the claim.
    const store = ledger.ledger;
    await openSession(store, 60_000, {
      runtime: {
        now: () => Date.now() + 3_600_000,
        random: () => 0,
        sleep: () => Promise.resolve(),
        after: () => () => undefined,
      },
    }).take(workOn('a'));
    resolve(undefined);
    expect((await response).batchItemFailures).toHaveLength(1);
    expect(outcomes.get('a')).toBe('failed');
    expect(lost).toEqual([
      {
        consumer: 'shop',
        route: 'all',
        table: 'Shop',
        eventId: 'a',
        sequenceNumber: expect.any(String) as string,
        word: 'complete',
      },
    ]);
    expect([...ledger.entries.values()]).toEqual(['INPROGRESS']);
  });

  it('Promise 4: keeps its claim while it runs, however long that takes', async () => {
    const ledger = memoryLedger({ leaseSeconds: 1 });
    const { handler, outcomes } = stage(() => later(1_800), ledger);
    const response = handler(streamEvent(record('A', 'a')), lambdaContext());
    await later(1_500);
    expect(await openSession(ledger.ledger).take(workOn('a'))).toMatchObject({ kind: 'held' });
    await response;
    expect(outcomes.get('a')).toBe('handled');
  });
});
