import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHandlerIn } from '../../src/create-handler.ts';
import { InvalidEventError, InvalidOptionError, ViewMismatchError } from '../../src/errors.ts';
import type { HandlerOptions } from '../../src/handler-options.ts';
import type { Entity } from '../../src/routing/entity.ts';
import { anyItem, entity } from '../../src/routing/entity.ts';
import type { AnyRouter } from '../../src/routing/router.ts';
import { createRouter } from '../../src/routing/router.ts';
import { absent, endsWith, exists, not, oneOf, startsWith } from '../../src/routing/where.ts';
import type { RawRecord } from '../../src/stream/record.ts';
import {
  insertRecord,
  lambdaContext,
  memoryDeadLetters,
  memoryLedger,
  modifyRecord,
  removeRecord,
  streamEvent,
} from '../../src/testing/index.ts';
import { instantRuntime } from '../instant-runtime.ts';

async function run(
  routers: AnyRouter | readonly AnyRouter[],
  records: readonly RawRecord[],
  more: HandlerOptions = {},
) {
  const outcomes: string[] = [];
  const deadLetters = memoryDeadLetters();
  const handler = createHandlerIn(instantRuntime(), routers, {
    ledger: memoryLedger(),
    deadLetters,
    log: 'off',
    concurrency: 1,
    observers: [{ onRecord: ({ outcome }) => outcomes.push(outcome) }],
    ...more,
  });
  const response = await handler(streamEvent(...records), lambdaContext());
  return { outcomes, letters: deadLetters.letters, response };
}

const order = { pk: 'ORDER#1', sk: 'SUMMARY', status: 'paid', total: 5, gift: true, note: null };

/** An article by its kind, its attributes taken on trust. */
const anyArticle = (): Entity<{ kind: string }> => ({
  ...anyItem<{ kind: string }>(),
  name: 'Article',
  where: { kind: 'article' },
});

describe('where', () => {
  const cases: readonly (readonly [string, Parameters<typeof entity>[1], boolean])[] = [
    ['a literal string', { where: { sk: 'SUMMARY' } }, true],
    ['another literal string', { where: { sk: 'OTHER' } }, false],
    ['a number', { where: { total: 5 } }, true],
    ['another number', { where: { total: 6 } }, false],
    ['a bigint for a number', { where: { total: 5n } }, true],
    ['a number is not a string', { where: { total: '5' } }, false],
    ['a boolean', { where: { gift: true } }, true],
    ['another boolean', { where: { gift: false } }, false],
    ['null', { where: { note: null } }, true],
    ['null for what is not there', { where: { other: null } }, false],
    ['startsWith', { where: { pk: startsWith('ORDER#') } }, true],
    ['startsWith something else', { where: { pk: startsWith('CART#') } }, false],
    ['startsWith on a number', { where: { total: startsWith('5') } }, false],
    ['endsWith', { where: { pk: endsWith('#1') } }, true],
    ['oneOf', { where: { status: oneOf('new', 'paid') } }, true],
    ['oneOf others', { where: { status: oneOf('new', 1) } }, false],
    ['exists', { where: { status: exists() } }, true],
    ['exists on what is not there', { where: { constructor: exists() } }, false],
    ['absent', { where: { cancelledAt: absent() } }, true],
    ['absent on what is there', { where: { status: absent() } }, false],
    ['not', { where: { status: not('new') } }, true],
    ['not what it is', { where: { status: not('paid') } }, false],
    ['not on what is not there', { where: { cancelledAt: not('x') } }, true],
    ['not a matcher', { where: { pk: not(startsWith('CART#')) } }, true],
    ['all patterns together', { where: { pk: startsWith('ORDER#'), sk: 'SUMMARY', total: 6 } }, false],
    ['no pattern', {}, true],
  ];

  it.each(cases)('decides by %s', async (_, options, matches) => {
    const router = createRouter().onInsert('route', entity('Order', options), () => undefined);
    const { outcomes } = await run(router, [insertRecord(order)]);
    expect(outcomes).toEqual([matches ? 'handled' : 'unrouted']);
  });

  it.each([
    ['an empty prefix', { pk: startsWith('') }],
    ['an empty oneOf', { pk: { match: 'oneOf', values: [] } }],
    ['an object', { pk: { like: 'x' } }],
    ['a function', { pk: () => true }],
    ['a number that is none', { total: NaN }],
    ['undefined', { pk: undefined }],
  ])('refuses %s at start-up, naming entity and attribute', (_, where) => {
    expect(() => entity('Order', { where: where as never })).toThrow(InvalidOptionError);
    expect(() => entity('Order', { where: where as never })).toThrow(/"Order", where "(pk|total)"/);
  });

  it('reads the old image of a REMOVE and the new one of a MODIFY', async () => {
    const seen: string[] = [];
    const Paid = entity('Paid', { where: { status: 'paid' } });
    const router = createRouter().onChange('paid', Paid, ({ eventName }) => void seen.push(eventName));
    const unpaid = { ...order, status: 'new' };
    await run(router, [
      removeRecord(order),
      removeRecord(unpaid),
      modifyRecord({ oldImage: unpaid, newImage: order }),
      modifyRecord({ oldImage: order, newImage: unpaid }),
    ]);
    expect(seen).toEqual(['REMOVE', 'MODIFY']);
  });

  it('takes a MODIFY that changes the kind of an item as one of the new kind, whose schema reads the old image too', async () => {
    const seen: string[] = [];
    const Draft = entity('Draft', { where: { kind: 'draft' } });
    const Article = anyArticle();
    const Strict = entity('Strict', {
      where: { kind: 'article' },
      schema: z.object({ kind: z.literal('article') }),
    });
    const router = createRouter()
      .onModify('draft', Draft, () => void seen.push('draft'))
      .onModify('article', Article, ({ oldImage }) => void seen.push(`article, was ${oldImage.kind}`))
      .onModify('strict', Strict, () => void seen.push('strict'));
    const item = { pk: 'A', sk: 'x', kind: 'draft' };
    const published = modifyRecord({ oldImage: item, newImage: { ...item, kind: 'article' } });
    const { letters } = await run(router, [published]);
    expect(seen).toEqual(['article, was draft']);
    expect(letters).toMatchObject([
      { route: 'strict', reason: 'schema', error: { issues: [{ path: 'oldImage.kind' }] } },
    ]);
  });
});

describe('routes', () => {
  it('that match one record all run, in order of declaration, across routers', async () => {
    const seen: string[] = [];
    const orders = createRouter()
      .onInsert('one', anyItem(), () => void seen.push('one'))
      .onChange('two', anyItem(), () => void seen.push('two'));
    const audit = createRouter().onInsert('three', anyItem(), () => void seen.push('three'));
    await run([orders, audit], [insertRecord(order)]);
    expect(seen).toEqual(['one', 'two', 'three']);
  });

  it('are for the tables of their router', async () => {
    const seen: string[] = [];
    const router = (name: string, table?: string | readonly string[]) =>
      createRouter(table === undefined ? {} : { table }).onInsert(
        name,
        anyItem(),
        () => void seen.push(name),
      );
    const routers = [
      router('shop', 'Shop'),
      router('both', ['Shop', 'Other']),
      router('other', 'Other'),
      router('any'),
    ];
    await run(routers, [insertRecord(order)]);
    expect(seen).toEqual(['shop', 'both', 'any']);
  });

  it('run on `changed` only if one of the attributes was added, removed or given another value', async () => {
    const seen: (readonly string[])[] = [];
    const router = createRouter().onModify('status', anyItem(), ({ changed }) => void seen.push(changed), {
      changed: ['status', 'gift'],
    });
    const change = (newImage: object) =>
      modifyRecord({ oldImage: order, newImage: newImage as typeof order });
    const withoutGift = { ...order, gift: undefined };
    await run(router, [
      change({ ...order, status: 'sent', total: 6 }),
      change({ ...order, total: 7 }),
      change(withoutGift),
    ]);
    expect(seen).toEqual([['status', 'total'], ['gift']]);
  });

  it('run on `expired` as it says', async () => {
    const seen: string[] = [];
    const router = createRouter()
      .onRemove('expired', anyItem(), ({ expired }) => void seen.push(`expired ${expired}`), {
        expired: true,
      })
      .onRemove('deleted', anyItem(), ({ expired }) => void seen.push(`deleted ${expired}`), {
        expired: false,
      })
      .onRemove('gone', anyItem(), () => void seen.push('gone'));
    await run(router, [removeRecord(order, { expired: true }), removeRecord(order)]);
    expect(seen).toEqual(['expired true', 'gone', 'deleted false', 'gone']);
  });

  it('run if `when` says so of the validated change, and leave no claim behind if not', async () => {
    const Order = entity('Order', {
      schema: z.object({ total: z.number().transform((total) => ({ total })) }),
    });
    const ledger = memoryLedger();
    const router = createRouter().onInsert('large', Order, () => undefined, {
      when: ({ newImage }) => newImage.total.total > 100,
    });
    const { outcomes } = await run(
      router,
      [insertRecord(order), insertRecord({ ...order, pk: 'ORDER#2', total: 500 })],
      { ledger },
    );
    expect(outcomes).toEqual(['unrouted', 'handled']);
    expect(ledger.entries.size).toBe(1);
  });

  it('whose `when` throws are treated as if the handler had thrown', async () => {
    let asked = 0;
    const router = createRouter().onInsert('broken', anyItem(), () => undefined, {
      when: () => {
        asked += 1;
        throw new Error('no');
      },
    });
    const { outcomes, letters } = await run(router, [insertRecord(order)]);
    expect(outcomes).toEqual(['dead-lettered']);
    expect(letters).toMatchObject([{ route: 'broken', reason: 'exhausted', attempts: 3 }]);
    expect(asked).toBe(4);
  });

  it('get the output of their schema, defaults and transformations included', async () => {
    const seen: unknown[] = [];
    const Order = entity('Order', {
      schema: z.object({ total: z.number().transform(String), currency: z.string().default('EUR') }),
    });
    const router = createRouter().onInsert('typed', Order, ({ newImage }) => void seen.push(newImage));
    await run(router, [insertRecord(order)]);
    expect(seen).toEqual([{ total: '5', currency: 'EUR' }]);
  });

  it('that take longer than timeoutMs are tried again with an aborted signal behind them', async () => {
    const signals: AbortSignal[] = [];
    const runtime = instantRuntime();
    const router = createRouter().onInsert(
      'slow',
      anyItem(),
      (_, { signal, attempt }) => {
        signals.push(signal);
        if (attempt > 1) return undefined;
        setImmediate(() => runtime.advance(60));
        return new Promise(() => undefined);
      },
      { timeoutMs: 50 },
    );
    const handler = createHandlerIn(runtime, router, { ledger: 'off', deadLetters: 'off', log: 'off' });
    expect(await handler(streamEvent(insertRecord(order)), lambdaContext())).toEqual({
      batchItemFailures: [],
    });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });
});

describe('middleware', () => {
  it('runs around every route of its router, the first one outermost, and of no other', async () => {
    const seen: string[] = [];
    const wrapped = createRouter()
      .onInsert('inside', anyItem(), () => void seen.push('inside'))
      .use(async ({ eventName }, { route }, next) => {
        seen.push(`outer ${eventName} ${route}`);
        await next();
        seen.push('outer end');
      })
      .use((_, __, next) => {
        seen.push('inner');
        return next();
      });
    const bare = createRouter().onInsert('bare', anyItem(), () => void seen.push('bare'));
    await run([wrapped, bare], [insertRecord(order)]);
    expect(seen).toEqual(['outer INSERT inside', 'inner', 'inside', 'outer end', 'bare']);
  });

  it('that does not call next leaves the route out, and one that calls it twice is refused', async () => {
    let runs = 0;
    const router = () => createRouter().onInsert('route', anyItem(), () => void (runs += 1));
    const skipped = await run(
      router().use(() => undefined),
      [insertRecord(order)],
    );
    expect([skipped.outcomes, runs]).toEqual([['handled'], 0]);
    const twice = await run(
      router().use(async (_, __, next) => {
        await next();
        await next();
      }),
      [insertRecord(order)],
      { retry: { attempts: 1 } },
    );
    expect([twice.outcomes, runs]).toEqual([['dead-lettered'], 1]);
  });
});

describe('stream views', () => {
  const views = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const;

  it.each(views)('%s gives the images it promises and no other', async (view) => {
    const seen: unknown[] = [];
    const router = createRouter({ view }).onChange('any', anyItem(), (change) => {
      const { newImage, oldImage, changed } = change as {
        newImage?: object;
        oldImage?: object;
        changed?: [];
      };
      seen.push([change.eventName, newImage !== undefined, oldImage !== undefined, changed !== undefined]);
    });
    await run(router, [
      insertRecord(order, { view }),
      modifyRecord({ oldImage: order, newImage: order }, { view }),
      removeRecord(order, { view }),
    ]);
    const [hasNew, hasOld] = [view.includes('NEW'), view.includes('OLD')];
    expect(seen).toEqual([
      ['INSERT', hasNew, false, false],
      ['MODIFY', hasNew, hasOld, hasNew && hasOld],
      ['REMOVE', false, hasOld, false],
    ]);
  });

  it('hides an image that the router was not told of', async () => {
    let seen: unknown;
    const router = createRouter({ view: 'NEW_IMAGE' }).onModify('any', anyItem(), (change) => {
      seen = (change as { oldImage?: unknown }).oldImage;
    });
    const { outcomes } = await run(router, [modifyRecord({ oldImage: order, newImage: order })]);
    expect([outcomes, seen]).toEqual([['handled'], undefined]);
  });

  it.each([
    ['NEW_AND_OLD_IMAGES', 'NEW_IMAGE'],
    ['NEW_AND_OLD_IMAGES', 'KEYS_ONLY'],
    ['NEW_IMAGE', 'OLD_IMAGE'],
    ['OLD_IMAGE', 'NEW_IMAGE'],
  ] as const)(
    'Promise 8: a router that expects %s of a stream that gives %s fails the batch and says how to mend it',
    async (view, given) => {
      const router = createRouter({ view, table: 'Shop' }).onInsert('any', anyItem(), () => undefined);
      const failure = run(router, [insertRecord(order, { view: given })]);
      await expect(failure).rejects.toThrow(ViewMismatchError);
      await expect(failure).rejects.toThrow(
        new RegExp(`"Shop" has the view ${given}.*createRouter\\(\\{ view: '${given}'`),
      );
    },
  );

  it('of a table that only another router is for do not matter', async () => {
    const shop = createRouter({ table: 'Shop' }).onInsert('any', anyItem(), () => undefined);
    const other = createRouter({ table: 'Other', view: 'KEYS_ONLY' }).onRemove(
      'x',
      anyItem(),
      () => undefined,
    );
    const { outcomes } = await run(
      [shop, other],
      [insertRecord(order, { view: 'KEYS_ONLY', table: 'Other' })],
    );
    expect(outcomes).toEqual(['unrouted']);
  });

  it('Promise 8: a table that no router is for fails the batch, and the error names both', async () => {
    const router = createRouter({ table: ['Shop', 'Carts'] }).onInsert('any', anyItem(), () => undefined);
    const failure = run(router, [insertRecord(order, { table: 'shop-dev-ShopTable-1AB2' })]);
    await expect(failure).rejects.toThrow(InvalidEventError);
    await expect(failure).rejects.toThrow(/table "shop-dev-ShopTable-1AB2" came, .* for "Shop", "Carts"/);
  });

  it('Promise 8: a `where` on what such a record cannot show fails the batch', async () => {
    const router = createRouter({ view: 'KEYS_ONLY' }).onInsert(
      'by-status',
      entity('Paid', { where: { status: 'paid' } }),
      () => undefined,
    );
    const failure = run(router, [insertRecord(order, { view: 'KEYS_ONLY' })]);
    await expect(failure).rejects.toThrow(
      /"by-status" matches INSERTs of table "Shop" on the attribute "status"/,
    );
  });

  it('let a `where` on key attributes work without any image', async () => {
    const router = createRouter({ view: 'KEYS_ONLY' }).onRemove(
      'by-key',
      entity('Order', { where: { pk: startsWith('ORDER#') } }),
      () => undefined,
    );
    const { outcomes } = await run(router, [removeRecord(order, { view: 'KEYS_ONLY' })]);
    expect(outcomes).toEqual(['handled']);
  });
});
