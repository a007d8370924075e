import { createHandler, createRouter, entity, startsWith } from 'spillway';
import { leaveNote } from './leave-note.ts';
import { OrderSchema } from './order-mini.ts';

const OrderSummary = entity('Order', {
  where: { pk: startsWith('ORDER#'), sk: 'SUMMARY' },
  schema: OrderSchema,
});

const router = createRouter()
  .onInsert('confirm', OrderSummary, ({ newImage }) => leaveNote(newImage))
  .onModify('tell-customer', OrderSummary, ({ newImage }) => leaveNote(newImage), { changed: ['status'] });

export const handler = createHandler(router);
