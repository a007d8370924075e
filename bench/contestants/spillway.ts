import type { AnyRouter } from 'spillway';
import { anyItem, createHandler, createRouter, entity } from 'spillway';
import { lambdaContext } from 'spillway/testing';
import type { Run } from './contestant.ts';
import { OrderSchema } from './order-schema.ts';
import type { Work } from './work.ts';

export const readsImages = (work: Work): Run =>
  runOf(
    createRouter().onModify('both-images', anyItem(), ({ newImage, oldImage }) =>
      work.images(newImage, oldImage),
    ),
  );

export const readsKey = (work: Work): Run =>
  runOf(createRouter().onModify('key', anyItem(), ({ keys }) => work.key(keys)));

export const readsImagesWithSchema = (work: Work): Run =>
  runOf(
    createRouter().onModify('order', entity('Order', { schema: OrderSchema }), ({ newImage, oldImage }) =>
      work.images(newImage, oldImage),
    ),
  );

function runOf(router: AnyRouter): Run {
  const handler = createHandler(router, { ledger: 'off', deadLetters: 'off', consumer: 'bench' });
  const context = lambdaContext({ remainingMs: 300_000 });
  return (event) => handler(event, context);
}
