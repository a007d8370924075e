import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHandler, createHandlerIn } from '../../../src/create-handler.ts';
import type { Letter } from '../../../src/dead-letter/letter.ts';
import type { HandlerOptions } from '../../../src/handler-options.ts';
import { PermanentError } from '../../../src/index.ts';
import { anyItem } from '../../../src/routing/entity.ts';
import type { Router } from '../../../src/routing/router.ts';
import { createRouter } from '../../../src/routing/router.ts';
import {
  insertRecord,
  lambdaContext,
  memoryDeadLetters,
  memoryLedger,
  streamEvent,
} from '../../../src/testing/index.ts';
import { openItem } from '../../../src/replay/index.ts';
import { itemNameOf } from '../../../src/processing/item-of.ts';
import { instantRuntime } from '../../instant-runtime.ts';
import { outcomesOf, replayLetters, requestOf, send } from './replay-requests.ts';

interface Item {
  readonly pk: string;
  readonly n: number;
}

const insert = (pk: string, n: number) => insertRecord({ pk, n }, { eventId: `${pk}${n}` });

type AddRoutes = (router: Router) => Router;

function stage(options: HandlerOptions = {}, addRoutes?: AddRoutes) {
  const letters: Letter[] = [];
  const handled: string[] = [];
  const broken = new Set<string>();
  const ledger = memoryLedger();
  const runtime = instantRuntime();
  let refusals = 0;
  const addOne: AddRoutes = (router) =>
    router.onInsert('all', anyItem<Item>(), ({ newImage: { pk, n } }) => {
      if (broken.has(`${pk}${n}`)) throw new PermanentError('not this one');
      handled.push(`${pk}${n}`);
    });
  const router = (addRoutes ?? addOne)(createRouter());
  const handler = createHandlerIn(runtime, router, {
    ledger,
    deadLetters: {
      send(letter) {
        if (refusals > 0) {
          refusals -= 1;
          return Promise.reject(Object.assign(new Error('no'), { name: 'AccessDenied', $fault: 'client' }));
        }
        letters.push(letter);
        return Promise.resolve();
      },
    },
    log: 'off',
    afterDeadLetter: 'park-item',
    ...options,
  });
  /** Of A, B and C. */
  const parkedItems = async (): Promise<readonly string[]> => {
    const parked: string[] = [];
    for (const pk of ['A', 'B', 'C']) {
      const item = itemNameOf('test-function', insert(pk, 0));
      if (item !== undefined && (await ledger.ledger.items?.find(item, runtime)) !== undefined)
        parked.push(pk);
    }
    return parked;
  };
  return {
    letters,
    handled,
    broken,
    handler,
    ledger,
    runtime,
    parkedItems,
    refuse: (times: number) => (refusals = times),
  };
}

const deliver = (its: ReturnType<typeof stage>, ...changes: readonly (readonly [string, number])[]) =>
  its.handler(streamEvent(...changes.map(([pk, n]) => insert(pk, n))), lambdaContext());

describe("afterDeadLetter: 'park-item'", () => {
  it('Promise 2: sends the later changes of the item after its letter, in order, and goes on with other items', async () => {
    const its = stage();
    its.broken.add('A1');
    await deliver(its, ['A', 0], ['A', 1], ['B', 1], ['A', 2], ['A', 3]);
    await deliver(its, ['A', 4], ['B', 2]);
    expect(its.handled.toSorted()).toEqual(['A0', 'B1', 'B2']);
    expect(its.letters.map(({ reason, parked, record }) => [record.eventID, reason, parked?.place])).toEqual([
      ['A1', 'permanent', 0],
      ['A2', 'parked', 1],
      ['A3', 'parked', 2],
      ['A4', 'parked', 3],
    ]);
    expect(new Set(its.letters.map(({ parked }) => parked?.lane)).size).toBe(1);
    expect(its.letters[1]?.error).toMatchObject({ name: 'ItemParkedError' });
  });

  it('opens the item again when a replay has settled its letters, and not before', async () => {
    const its = stage();
    its.broken.add('A1');
    await deliver(its, ['A', 1], ['A', 2]);
    its.broken.clear();
    const [first, second] = its.letters.map((letter) => [letter]);
    expect(await replayLetters(its.handler, second ?? [])).toMatchObject([
      { outcome: 'blocked', error: { name: 'ItemParkedError' } },
    ]);
    expect(outcomesOf(await replayLetters(its.handler, first ?? []))).toEqual(['handled']);
    await deliver(its, ['A', 3]);
    expect(its.handled).toEqual(['A1']);
    expect(await its.parkedItems()).toEqual(['A']);
    expect(outcomesOf(await replayLetters(its.handler, its.letters))).toEqual([
      'duplicate',
      'handled',
      'handled',
    ]);
    expect(await its.parkedItems()).toEqual([]);
    await deliver(its, ['A', 4]);
    expect(its.handled).toEqual(['A1', 'A2', 'A3', 'A4']);
    expect(its.letters).toHaveLength(3);
  });

  it('Promise 3: has the change wait in the stream if the queue refuses its letter, and gives it the same place later', async () => {
    const its = stage();
    its.broken.add('A1');
    await deliver(its, ['A', 1]);
    its.refuse(1);
    expect((await deliver(its, ['A', 2], ['A', 3])).batchItemFailures).toHaveLength(1);
    await deliver(its, ['A', 2], ['A', 3]);
    expect(its.letters.map(({ record, parked }) => [record.eventID, parked?.place])).toEqual([
      ['A1', 0],
      ['A2', 1],
      ['A3', 2],
    ]);
  });

  it('can be opened by hand, if its letters are gone', async () => {
    const its = stage();
    its.broken.add('A1');
    await deliver(its, ['A', 1], ['A', 2]);
    const { eventSourceARN: streamArn = '', dynamodb } = insert('A', 0);
    const item = { consumer: 'test-function', streamArn, keys: dynamodb?.Keys ?? {} };
    expect(await openItem(its.ledger, item, its.runtime)).toBe(true);
    expect(await openItem(its.ledger, item, its.runtime)).toBe(false);
    await deliver(its, ['A', 3]);
    expect(its.handled).toEqual(['A3']);
    // Those that are still there wait for nobody.
    its.broken.clear();
    expect(outcomesOf(await replayLetters(its.handler, its.letters.slice(1), { ifStale: 'run' }))).toEqual([
      'handled',
    ]);
  });

  it('keeps apart the letters of several routes of one change, and leaves other consumers alone', async () => {
    const letters = memoryDeadLetters();
    const runs: string[] = [];
    const ledger = memoryLedger();
    const state = { broken: true };
    const make = (consumer: string, isBroken: () => boolean) =>
      createHandlerIn(
        instantRuntime(),
        createRouter()
          .onInsert('one', anyItem<Item>(), ({ newImage }) => {
            if (isBroken()) throw new PermanentError('no');
            runs.push(`${consumer} one ${newImage.n}`);
          })
          .onInsert('two', anyItem<Item>(), ({ newImage }) => {
            if (isBroken()) throw new PermanentError('no');
            runs.push(`${consumer} two ${newImage.n}`);
          }),
        { ledger, deadLetters: letters, log: 'off', afterDeadLetter: 'park-item', consumer },
      );
    const handler = make('first', () => state.broken);
    await handler(streamEvent(insert('A', 1), insert('A', 2)), lambdaContext());
    await make('second', () => false)(streamEvent(insert('A', 1)), lambdaContext());
    expect(letters.letters.map(({ route, parked }) => [route, parked?.place])).toEqual([
      ['one', 0],
      ['two', 1],
      ['one', 2],
      ['two', 3],
    ]);
    state.broken = false;
    expect(outcomesOf(await replayLetters(handler, letters.letters))).toEqual([
      'handled',
      'handled',
      'handled',
      'handled',
    ]);
    expect(runs).toEqual([
      'second one 1',
      'second two 1',
      'first one 1',
      'first two 1',
      'first one 2',
      'first two 2',
    ]);
  });

  it('has the records of a pointer follow if they are behind the parked ones, and wait if they are among them', async () => {
    const its = stage();
    its.broken.add('A1');
    const [a1, a2, a3, a4] = [1, 2, 3, 4].map((n) => insert('A', n));
    if (!a1 || !a2 || !a3 || !a4) throw new Error('there are four');
    await its.handler(streamEvent(a1), lambdaContext());
    await its.handler(streamEvent(a3), lambdaContext());
    const work = {
      kind: 'record',
      isExact: true,
      bounds: { first: '1', last: '9' },
      ifStale: 'run',
    } as const;
    const given = async (record: typeof a1) =>
      outcomesOf((await send(its.handler, requestOf([record, work]))).spillwayReplay.results);
    expect(await given(a2)).toEqual(['blocked']);
    expect(await given(a4)).toEqual(['dead-lettered']);
    expect(its.letters.map(({ record, parked }) => [record.eventID, parked?.place])).toEqual([
      ['A1', 0],
      ['A3', 1],
      ['A4', 2],
    ]);
  });

  it('is tried again, and not parked behind itself, if the queue refused its letter', async () => {
    const its = stage();
    its.broken.add('A1');
    its.refuse(1);
    expect((await deliver(its, ['A', 1])).batchItemFailures).toHaveLength(1);
    its.broken.clear();
    await deliver(its, ['A', 1], ['A', 2]);
    expect(its.handled).toEqual(['A1', 'A2']);
    expect(its.letters).toEqual([]);
  });

  it('is not parked for ever by a change whose letter was never written, Lambda having given it up', async () => {
    const its = stage();
    its.broken.add('A1');
    await deliver(its, ['A', 1]);
    its.broken.clear();
    its.refuse(1);
    const a2 = insert('A', 2);
    expect((await its.handler(streamEvent(a2), lambdaContext())).batchItemFailures).toHaveLength(1);
    await deliver(its, ['A', 3], ['A', 4]);
    expect(its.letters.map(({ record, parked }) => [record.eventID, parked?.place])).toEqual([
      ['A1', 0],
      ['A3', 1],
      ['A4', 2],
    ]);
    await replayLetters(its.handler, its.letters);
    expect(its.handled).toEqual(['A1', 'A3', 'A4']);
    expect(await its.parkedItems()).toEqual([]);
    const work = { kind: 'record', isExact: true, bounds: { first: '1', last: '9' } } as const;
    const given = async (ifStale: 'fail' | 'run') =>
      outcomesOf((await send(its.handler, requestOf([a2, { ...work, ifStale }]))).spillwayReplay.results);
    expect(await given('fail')).toEqual(['stale']);
    expect(await given('run')).toEqual(['handled']);
  });

  it.each<readonly [string, HandlerOptions, RegExp]>([
    ['the ledger switched off', { ledger: 'off' }, /"ledger" switched off/],
    ['the dead letters switched off', { deadLetters: 'off' }, /"deadLetters" switched off/],
    ['another word', { afterDeadLetter: 'park' as 'continue' }, /'continue' or 'park-item'/],
  ])('is refused with %s', (_, options, message) => {
    expect(() =>
      createHandler(
        createRouter().onInsert('all', anyItem(), () => undefined),
        {
          afterDeadLetter: 'park-item',
          ...options,
        },
      ),
    ).toThrow(message);
  });
});

/** What happens, in any order: a batch is delivered or given up, letters are replayed, things are mended, the queue refuses. */
const anyStep = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('deliver' as const), records: fc.nat(5) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('replay' as const),
      picks: fc.array(fc.nat(20), { maxLength: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mend' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('give up' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('refuse' as const), times: fc.integer({ min: 1, max: 4 }) }),
  },
);

/** For each change its item, and which of the two routes fail at it until things are mended. */
const anyPlan = fc.array(fc.tuple(fc.constantFrom('A', 'B', 'C'), fc.boolean(), fc.boolean()), {
  minLength: 1,
  maxLength: 20,
});

describe('the changes of parked items', () => {
  it('Promises 1, 2 and 4: are handled once each and in order, however deliveries, replays and failures fall', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlan, fc.array(anyStep, { maxLength: 25 }), async (plan, steps) => {
        const broken = new Set(
          plan.flatMap(([pk, one, two], n) => [
            ...(one ? [`${pk}${n} one`] : []),
            ...(two ? [`${pk}${n} two`] : []),
          ]),
        );
        const handled: string[] = [];
        const handle =
          (route: string) =>
          ({ newImage: { pk, n } }: { readonly newImage: Item }) => {
            if (broken.has(`${pk}${n} ${route}`)) throw new PermanentError('not this one');
            handled.push(`${pk}${n} ${route}`);
          };
        const its = stage({}, (router) =>
          router
            .onInsert('one', anyItem<Item>(), handle('one'))
            .onInsert('two', anyItem<Item>(), handle('two')),
        );
        const records = plan.map(([pk], n) => insert(pk, n));
        let next = 0;
        const givenUp: string[] = [];
        const delivery = async (count: number): Promise<void> => {
          const batch = records.slice(next, next + count);
          const { batchItemFailures } = await its.handler(streamEvent(...batch), lambdaContext());
          const first = batchItemFailures[0]?.itemIdentifier;
          const settled = batch.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === first);
          next += settled < 0 ? batch.length : settled;
        };
        for (const step of steps) {
          if (step.kind === 'deliver') await delivery(step.records);
          else if (step.kind === 'give up') {
            if (next < records.length) givenUp.push(`${plan[next]?.[0]}${next}`);
            next = Math.min(records.length, next + 1);
          } else if (step.kind === 'mend') broken.clear();
          else if (step.kind === 'refuse') its.refuse(step.times);
          else
            await replayLetters(
              its.handler,
              step.picks.flatMap((pick) => its.letters[pick % its.letters.length] ?? []),
              { ifStale: 'run' },
            );
        }
        its.refuse(0);
        broken.clear();
        while (next < records.length) await delivery(7);
        // As a replay puts them: by change, and within a parking by place.
        for (const letter of [...its.letters, ...its.letters])
          await replayLetters(its.handler, [letter], { ifStale: 'run' });
        for (const route of ['one', 'two'])
          for (const pk of ['A', 'B', 'C']) {
            const done = handled.filter((one) => one.startsWith(pk) && one.endsWith(route));
            const wanted = plan
              .flatMap(([of], n) => (of === pk ? [`${pk}${n} ${route}`] : []))
              .filter((one) => done.includes(one) || !givenUp.includes(one.split(' ')[0] ?? ''));
            expect(done).toEqual(wanted);
          }
        expect(await its.parkedItems()).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
