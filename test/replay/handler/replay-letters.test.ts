import { describe, expect, it } from 'vitest';
import { createHandler, createHandlerIn } from '../../../src/create-handler.ts';
import type { Letter } from '../../../src/dead-letter/letter.ts';
import type { HandlerOptions } from '../../../src/handler-options.ts';
import type { RouteContext } from '../../../src/index.ts';
import { PermanentError } from '../../../src/index.ts';
import { anyItem } from '../../../src/routing/entity.ts';
import { createRouter } from '../../../src/routing/router.ts';
import {
  insertRecord,
  lambdaContext,
  memoryDeadLetters,
  memoryLedger,
  modifyRecord,
  streamEvent,
} from '../../../src/testing/index.ts';
import { instantRuntime } from '../../instant-runtime.ts';
import { letterWork, outcomesOf, replayLetters, requestOf, send } from './replay-requests.ts';

interface Item {
  readonly pk: string;
  readonly n: number;
}

/** A consumer whose route `mail` fails for as long as it is told to. */
function consumer(options: HandlerOptions = {}) {
  const runs: string[] = [];
  const contexts: RouteContext[] = [];
  const letters = memoryDeadLetters();
  const state = { broken: true };
  const router = createRouter()
    .onChange('count', anyItem<Item>(), ({ newImage }) => void runs.push(`count ${newImage?.n}`))
    .onChange('mail', anyItem<Item>(), ({ newImage }, context) => {
      contexts.push(context);
      if (state.broken) throw new PermanentError('no such address');
      runs.push(`mail ${newImage?.n}`);
    });
  const all: HandlerOptions = { ledger: memoryLedger(), deadLetters: letters, log: 'off', ...options };
  return {
    runs,
    contexts,
    letters,
    state,
    router,
    options: all,
    handler: createHandlerIn(instantRuntime(), router, all),
  };
}

const insert = (pk: string, n: number) => insertRecord({ pk, n }, { eventId: `${pk}${n}` });
const change = (pk: string, n: number) =>
  modifyRecord({ oldImage: { pk, n: n - 1 }, newImage: { pk, n } }, { eventId: `${pk}${n}` });

/** Items are handled side by side, so their letters are written in any order. */
const inOrder = (letters: readonly Letter[]): readonly Letter[] =>
  letters.toSorted((a, b) => ((a.record.eventID ?? '') < (b.record.eventID ?? '') ? -1 : 1));

describe('a letter that is replayed', () => {
  it('runs the route that failed, and no other, and its handler sees that it is a replay', async () => {
    const its = consumer();
    await its.handler(streamEvent(insert('A', 1)), lambdaContext());
    its.state.broken = false;
    expect(await replayLetters(its.handler, its.letters.letters)).toEqual([
      { outcome: 'handled', attempts: 1, letterIds: [] },
    ]);
    expect(its.runs).toEqual(['count 1', 'mail 1']);
    expect(its.contexts.map(({ isReplay }) => isReplay)).toEqual([false, true]);
    expect(its.contexts[0]?.idempotencyKey).toBe(its.contexts[1]?.idempotencyKey);
  });

  it('Promise 4: runs once, however often its letter lies in the queue', async () => {
    const its = consumer();
    await its.handler(streamEvent(insert('A', 1)), lambdaContext());
    its.state.broken = false;
    const [letter] = its.letters.letters;
    const twice = letter === undefined ? [] : [letter, letter];
    expect(outcomesOf(await replayLetters(its.handler, twice))).toEqual(['handled', 'duplicate']);
    expect(outcomesOf(await replayLetters(its.handler, twice))).toEqual(['duplicate', 'duplicate']);
    expect(its.runs).toEqual(['count 1', 'mail 1']);
  });

  it('Promise 4: is not run by a redelivery of the stream, neither before, nor while, nor after it is replayed', async () => {
    const its = consumer();
    const event = streamEvent(insert('A', 1));
    await its.handler(event, lambdaContext());
    const redeliver = async () =>
      expect(await its.handler(event, lambdaContext())).toEqual({ batchItemFailures: [] });
    await redeliver();
    let during = 0;
    const handler = createHandlerIn(
      instantRuntime(),
      createRouter().onChange('mail', anyItem<Item>(), async () => {
        during += 1;
        if (during === 1) await redeliver();
      }),
      its.options,
    );
    expect(outcomesOf(await replayLetters(handler, its.letters.letters))).toEqual(['handled']);
    await redeliver();
    expect(during).toBe(1);
    expect(its.runs).toEqual(['count 1']);
  });

  it('Promise 4: is a duplicate if a redelivery has handled it, its completion as a letter having been lost', async () => {
    const its = consumer();
    const other = consumer({ deadLetters: its.letters });
    await other.handler(streamEvent(insert('A', 1)), lambdaContext());
    its.state.broken = false;
    await its.handler(streamEvent(insert('A', 1)), lambdaContext());
    expect(outcomesOf(await replayLetters(its.handler, its.letters.letters))).toEqual(['duplicate']);
    expect(its.runs).toEqual(['count 1', 'mail 1']);
  });

  it('stays a letter if it fails again: no second one is written, and the next replay may run it', async () => {
    const its = consumer();
    await its.handler(streamEvent(insert('A', 1)), lambdaContext());
    const [failed] = await replayLetters(its.handler, its.letters.letters);
    expect(failed).toMatchObject({
      outcome: 'failed',
      attempts: 1,
      error: { name: 'PermanentError', message: 'no such address' },
      letterIds: [],
    });
    expect(its.letters.letters).toHaveLength(1);
    its.state.broken = false;
    expect(outcomesOf(await replayLetters(its.handler, its.letters.letters))).toEqual(['handled']);
  });

  it('is stale if a later change of its item was replayed before, unless that does not matter', async () => {
    const its = consumer();
    await its.handler(streamEvent(insert('A', 1), change('A', 2), insert('B', 1)), lambdaContext());
    its.state.broken = false;
    const [first, second, other] = inOrder(its.letters.letters).map((letter) => [letter]);
    expect(outcomesOf(await replayLetters(its.handler, second ?? []))).toEqual(['handled']);
    expect(await replayLetters(its.handler, first ?? [])).toMatchObject([
      { outcome: 'stale', error: { name: 'StaleLetterError' } },
    ]);
    expect(outcomesOf(await replayLetters(its.handler, second ?? []))).toEqual(['duplicate']);
    expect(outcomesOf(await replayLetters(its.handler, other ?? []))).toEqual(['handled']);
    expect(outcomesOf(await replayLetters(its.handler, first ?? [], { ifStale: 'run' }))).toEqual([
      'handled',
    ]);
    expect(outcomesOf(await replayLetters(its.handler, first ?? []))).toEqual(['duplicate']);
    expect(its.runs.slice(3)).toEqual(['mail 2', 'mail 1', 'mail 1']);
  });

  it('whose item has changed since is not run: it stays, is passed over, or is a duplicate if it was settled before', async () => {
    const its = consumer();
    await its.handler(streamEvent(insert('A', 1), change('A', 2), insert('B', 1)), lambdaContext());
    its.state.broken = false;
    const [first, second, other] = inOrder(its.letters.letters);
    if (first === undefined || second === undefined || other === undefined) throw new Error('no letters');
    expect(outcomesOf(await replayLetters(its.handler, [other]))).toEqual(['handled']);
    const replay = async (ifStale: 'skip' | 'fail', isSure = true) =>
      (
        await send(
          its.handler,
          requestOf(
            [other.record, { ...letterWork(other, ifStale), stale: { isSure: true } }],
            [first.record, { ...letterWork(first, ifStale), stale: { isSure } }],
            [second.record, letterWork(second, ifStale)],
          ),
        )
      ).spillwayReplay.results;
    expect((await replay('fail')).map(({ outcome, error }) => [outcome, error?.message])).toEqual([
      ['duplicate', undefined],
      ['stale', expect.stringContaining('its item has changed since')],
      ['blocked', undefined],
    ]);
    expect(outcomesOf(await replay('skip', false))).toEqual(['duplicate', 'stale', 'blocked']);
    expect(outcomesOf(await replay('skip'))).toEqual(['duplicate', 'stale', 'handled']);
    expect(its.runs.slice(3)).toEqual(['mail 1', 'mail 2']);
  });

  it('Promise 2: keeps the changes of its item in order: what is behind one that fails is not begun', async () => {
    const its = consumer();
    await its.handler(streamEvent(insert('A', 1), change('A', 2), insert('B', 1)), lambdaContext());
    expect(outcomesOf(await replayLetters(its.handler, inOrder(its.letters.letters)))).toEqual([
      'failed',
      'blocked',
      'failed',
    ]);
  });

  it('is told as one in the log, and not as what Lambda delivers again', async () => {
    const lines: string[] = [];
    const its = consumer({ log: (line) => lines.push(line) });
    await its.handler(streamEvent(insert('A', 1)), lambdaContext());
    lines.length = 0;
    await replayLetters(its.handler, its.letters.letters);
    expect(lines.map((line) => (JSON.parse(line) as { readonly message: string }).message)).toEqual([
      'spillway: record failed',
      'spillway: replay not settled, what is not done stays in the queue',
    ]);
  });

  it('is deferred if there is no time', async () => {
    const its = consumer();
    await its.handler(streamEvent(insert('A', 1)), lambdaContext());
    expect(outcomesOf(await replayLetters(its.handler, its.letters.letters, { remainingMs: 500 }))).toEqual([
      'deferred',
    ]);
  });
});

describe('what a handler refuses to replay', () => {
  it('is told for each record by itself, with what to do, and what stands behind it in its item is not begun', async () => {
    const its = consumer({ consumer: 'shop' });
    its.state.broken = false;
    const work = {
      kind: 'letter',
      letterId: 'x',
      consumer: 'shop',
      route: 'mail',
      ifStale: 'fail',
    } as const;
    const { spillwayReplay, batchItemFailures } = await send(
      its.handler,
      requestOf(
        [insert('A', 1), { ...work, consumer: 'stock' }],
        [change('A', 2), work],
        [insert('B', 1), { ...work, route: 'gone' }],
        [insert('C', 1), work],
      ),
    );
    expect(spillwayReplay.results.map(({ outcome, error }) => [outcome, error?.message])).toEqual([
      ['refused', expect.stringContaining('"stock" and the handler is "shop"')],
      ['blocked', expect.stringContaining('was refused')],
      ['refused', expect.stringContaining('no route "gone"; it has "count", "mail"')],
      ['handled', undefined],
    ]);
    expect(batchItemFailures).toHaveLength(1);
    expect(its.runs).toEqual(['mail 1']);
  });

  it('is a table that no router is for, a record of another source, and a change that the route no longer wants', async () => {
    const runs: number[] = [];
    const router = createRouter({ table: 'Shop' })
      .onInsert('all', anyItem<Item>(), ({ newImage }) => runs.push(newImage.n), {
        when: ({ newImage }) => newImage.n > 1,
      })
      .onModify('changed', anyItem<Item>(), () => undefined);
    const handler = createHandler(router, {
      consumer: 'shop',
      ledger: memoryLedger(),
      deadLetters: 'off',
      log: 'off',
    });
    const work = { kind: 'letter', letterId: 'x', consumer: 'shop', ifStale: 'fail' } as const;
    const of = (table: string, n: number) => insertRecord({ pk: 'A', n }, { table });
    const { spillwayReplay } = await send(
      handler,
      requestOf(
        [of('Other', 2), { ...work, route: 'all' }],
        [
          { ...of('Shop', 2), eventSource: 'aws:kinesis' },
          { ...work, route: 'all' },
        ],
        [insertRecord({ pk: 'B', n: 1 }, { table: 'Shop' }), { ...work, route: 'changed' }],
        [insertRecord({ pk: 'C', n: 1 }, { table: 'Shop' }), { ...work, route: 'all' }],
        [insertRecord({ pk: 'D', n: 2 }, { table: 'Shop' }), { ...work, route: 'all' }],
      ),
    );
    expect(spillwayReplay.results.map(({ outcome, error }) => [outcome, error?.message])).toEqual([
      ['refused', expect.stringContaining('table "Other"')],
      ['refused', expect.stringContaining('aws:kinesis')],
      ['refused', expect.stringContaining('not for this change any more')],
      ['refused', expect.stringContaining('not for this change any more')],
      ['handled', undefined],
    ]);
    expect(runs).toEqual([2]);
  });

  it.each([
    ['another version', { version: 2, works: [] }],
    ['fewer works than records', { version: 1, works: [] }],
    ['a work of an unknown kind', { version: 1, works: [{ kind: 'other' }] }],
    ['a work without its fields', { version: 1, works: [{ kind: 'letter' }] }],
    ['a record without bounds', { version: 1, works: [{ kind: 'record', isExact: true }] }],
    ['null', null],
  ])('fails as a whole for %s', async (_, order) => {
    const its = consumer();
    await expect(
      its.handler({ Records: [insert('A', 1)], spillwayReplay: order }, lambdaContext()),
    ).rejects.toMatchObject({ code: 'INVALID_EVENT' });
    expect(its.runs).toEqual([]);
  });
});

describe('a letter of a record that could not be read', () => {
  it('runs all routes once it can be read, and stays as long as it cannot', async () => {
    const its = consumer();
    const record = insert('A', 1);
    const unreadable = { ...record, eventName: 'UPSERT' } as unknown as typeof record;
    await its.handler(streamEvent(unreadable), lambdaContext());
    const [letter] = its.letters.letters;
    if (letter === undefined) throw new Error('there is no letter');
    expect(letter.route).toBeNull();
    expect(await replayLetters(its.handler, [letter])).toMatchObject([
      { outcome: 'failed', error: { name: 'UnreadableRecordError' } },
    ]);
    expect(its.letters.letters).toHaveLength(1);

    const mended = requestOf([record, letterWork(letter)]);
    const { results } = (await send(its.handler, mended)).spillwayReplay;
    // The route that fails leaves no letter of its own: this one stays, and its other route is a duplicate next time.
    expect(results).toMatchObject([{ outcome: 'failed', error: { name: 'PermanentError' }, letterIds: [] }]);
    expect(its.letters.letters).toHaveLength(1);
    its.state.broken = false;
    const again = (await send(its.handler, mended)).spillwayReplay.results;
    expect(outcomesOf(again)).toEqual(['handled']);
    expect(its.runs).toEqual(['count 1', 'mail 1']);
  });
});

describe('a record that Lambda gave up', () => {
  const work = (isExact = true) => ({ kind: 'record', isExact, bounds: { first: '1', last: '9' } }) as const;

  it('runs the routes that are not settled, and becomes a letter as if the stream delivered it', async () => {
    const its = consumer();
    await its.handler(streamEvent(insert('A', 1)), lambdaContext());
    const { results } = (
      await send(its.handler, requestOf([insert('A', 1), work()], [insert('B', 2), work()]))
    ).spillwayReplay;
    expect(outcomesOf(results)).toEqual(['duplicate', 'dead-lettered']);
    expect(results[1]?.letterIds).toEqual([its.letters.letters[1]?.id]);
    expect(its.runs).toEqual(['count 1', 'count 2']);
  });

  it('is refused without a ledger if the range holds other records too', async () => {
    const its = consumer({ ledger: 'off' });
    its.state.broken = false;
    const { results } = (
      await send(its.handler, requestOf([insert('A', 1), work(false)], [insert('B', 2), work()]))
    ).spillwayReplay;
    expect(outcomesOf(results)).toEqual(['refused', 'handled']);
  });

  it.each(['claim', 'record', 'checkpoint'] as const)(
    'of which a part was settled before runs the rest, with the guarantee "%s"',
    async (guarantee) => {
      const runs: string[] = [];
      const state = { broken: true };
      const router = createRouter().onInsert('all', anyItem<Item>(), ({ newImage: { pk } }) => {
        if (state.broken && Number(pk) % 5 < 3)
          throw Object.assign(new Error('down'), { code: 'ECONNRESET' });
        runs.push(pk);
      });
      const handler = createHandlerIn(instantRuntime(), router, {
        ledger: memoryLedger({ guarantee }),
        deadLetters: 'off',
        log: 'off',
      });
      const records = Array.from({ length: 100 }, (_, index) => insert(String(index), 1));
      const { batchItemFailures } = await handler(streamEvent(...records), lambdaContext());
      expect(batchItemFailures).toEqual([{ itemIdentifier: records[0]?.dynamodb?.SequenceNumber }]);
      expect(runs).toHaveLength(40);
      state.broken = false;
      const bounds = {
        first: records[0]?.dynamodb?.SequenceNumber ?? '',
        last: records.at(-1)?.dynamodb?.SequenceNumber ?? '',
      };
      const { results } = (
        await send(
          handler,
          requestOf(...records.map((record) => [record, { kind: 'record', isExact: true, bounds }] as const)),
        )
      ).spillwayReplay;
      expect(results.filter(({ outcome }) => outcome === 'handled')).toHaveLength(60);
      expect(results.filter(({ outcome }) => outcome === 'duplicate')).toHaveLength(40);
      expect(new Set(runs).size).toBe(100);
      expect(runs).toHaveLength(100);
    },
  );
});
