import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { BatchResponse, Image } from 'spillway';
import { anyItem, createHandler, createRouter, dynamoDBLedger, entity, oneOf, startsWith } from 'spillway';

const OrderSchema = z.object({
  pk: z.string(),
  status: z.enum(['new', 'paid']),
  total: z.string().transform(Number),
});
const Order = entity('Order', { where: { pk: startsWith('ORDER#'), sk: 'SUMMARY' }, schema: OrderSchema });
type OrderItem = z.output<typeof OrderSchema>;
const ignore = () => undefined;

describe('what handlers get, without a type argument', () => {
  it('the output of the schema, by event name', () => {
    createRouter()
      .onInsert('a', Order, (change) => {
        expectTypeOf(change.newImage).toEqualTypeOf<OrderItem>();
        expectTypeOf(change.eventName).toEqualTypeOf<'INSERT'>();
        expectTypeOf(change.oldImage).toEqualTypeOf<undefined>();
        expectTypeOf(change.expired).toEqualTypeOf<undefined>();
      })
      .onModify('b', Order, ({ newImage, oldImage, changed }) => {
        expectTypeOf(newImage.total).toEqualTypeOf<number>();
        expectTypeOf(oldImage).toEqualTypeOf<OrderItem>();
        expectTypeOf(changed).toEqualTypeOf<readonly string[]>();
      })
      .onRemove('c', Order, ({ oldImage, newImage, expired }) => {
        expectTypeOf(oldImage).toEqualTypeOf<OrderItem>();
        expectTypeOf(newImage).toEqualTypeOf<undefined>();
        expectTypeOf(expired).toEqualTypeOf<boolean>();
      });
  });

  it('a union that narrows on eventName', () => {
    createRouter().onChange('a', Order, (change) => {
      expectTypeOf(change.newImage).toEqualTypeOf<OrderItem | undefined>();
      expectTypeOf(change.changed).toEqualTypeOf<readonly string[] | undefined>();
      expectTypeOf(change.expired).toEqualTypeOf<boolean | undefined>();
      if (change.eventName === 'REMOVE') expectTypeOf(change.oldImage).toEqualTypeOf<OrderItem>();
      else expectTypeOf(change.newImage).toEqualTypeOf<OrderItem>();
      switch (change.eventName) {
        case 'INSERT':
        case 'MODIFY':
        case 'REMOVE':
          return;
        default:
          change satisfies never;
      }
    });
  });

  it('decoded attributes without a schema, and what is said of any item', () => {
    createRouter()
      .onInsert('a', entity('Cart', { where: { kind: oneOf('cart', 'basket') } }), ({ newImage }) => {
        expectTypeOf(newImage).toEqualTypeOf<Image>();
      })
      .onInsert('b', anyItem(), ({ newImage }) => expectTypeOf(newImage).toEqualTypeOf<Image>())
      .onInsert('c', anyItem<{ id: string }>(), ({ newImage }) =>
        expectTypeOf(newImage.id).toEqualTypeOf<string>(),
      );
  });

  it('the images of the view', () => {
    createRouter({ view: 'NEW_IMAGE' })
      .onModify('a', Order, (change) => {
        expectTypeOf(change.newImage).toEqualTypeOf<OrderItem>();
        expectTypeOf(change.oldImage).toEqualTypeOf<undefined>();
        expectTypeOf(change.changed).toEqualTypeOf<undefined>();
      })
      .onRemove('b', Order, ({ oldImage }) => expectTypeOf(oldImage).toEqualTypeOf<undefined>());
    createRouter({ view: 'OLD_IMAGE' }).onModify('a', Order, ({ newImage, oldImage }) => {
      expectTypeOf(newImage).toEqualTypeOf<undefined>();
      expectTypeOf(oldImage).toEqualTypeOf<OrderItem>();
    });
    createRouter({ view: 'KEYS_ONLY' }).onInsert('a', Order, ({ newImage, keys }) => {
      expectTypeOf(newImage).toEqualTypeOf<undefined>();
      expectTypeOf(keys).toEqualTypeOf<Image>();
    });
  });

  it('a context with signal, attempt and key', () => {
    createRouter().onInsert('a', Order, (_, context) => {
      expectTypeOf(context.signal).toEqualTypeOf<AbortSignal>();
      expectTypeOf(context.attempt).toEqualTypeOf<number>();
      expectTypeOf(context.idempotencyKey).toEqualTypeOf<string>();
    });
  });
});

describe('what does not compile', () => {
  it('options of another event, or without their images', () => {
    createRouter().onModify('a', Order, ignore, { changed: ['status', 'pk'] });
    // @ts-expect-error `changed` names attributes of the schema's input
    createRouter().onModify('a', Order, ignore, { changed: ['stauts'] });
    // @ts-expect-error `changed` is for onModify
    createRouter().onInsert('a', Order, ignore, { changed: ['status'] });
    // @ts-expect-error `expired` is for onRemove
    createRouter().onModify('a', Order, ignore, { expired: true });
    // @ts-expect-error `changed` needs both images
    createRouter({ view: 'NEW_IMAGE' }).onModify('a', Order, ignore, { changed: ['status'] });
    // @ts-expect-error there is no such view
    createRouter({ view: 'EVERYTHING' });
  });

  it('wrong options of createHandler', () => {
    const router = createRouter().onInsert('a', Order, ignore);
    // @ts-expect-error a ledger is switched off by the word
    createHandler(router, { ledger: false });
    // @ts-expect-error there is no such order
    createHandler(router, { order: 'global' });
    // @ts-expect-error there is no such verdict
    createHandler(router, { classify: () => 'retry' });
    // @ts-expect-error not a number of seconds
    dynamoDBLedger({ expiresAfterSeconds: '48h' });
  });

  it('a pattern that is none', () => {
    // @ts-expect-error a pattern is a literal or made by startsWith and its like
    entity('Order', { where: { pk: { like: 'x' } } });
    // @ts-expect-error nothing to be one of
    oneOf();
  });
});

describe('the function', () => {
  it('answers with the failures', () => {
    const handler = createHandler(createRouter().onInsert('a', Order, ignore), {
      ledger: 'off',
      deadLetters: 'off',
    });
    expectTypeOf(handler).returns.resolves.toEqualTypeOf<BatchResponse>();
  });

  it('is made of one router or several, whatever their views', () => {
    const keys = createRouter({ view: 'KEYS_ONLY' }).onInsert('a', Order, ignore);
    const both = createRouter().onInsert('b', Order, ignore);
    createHandler([keys, both], { ledger: 'off', deadLetters: 'off' });
  });
});
