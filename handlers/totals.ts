import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { createHandler, createRouter } from 'spillway';
import { Order } from './entities.ts';
import { dynamodb, shopTable } from './shop.ts';

/** Running totals of each day. To add is not idempotent: that no order counts twice is the ledger's doing. */
export const router = createRouter()
  .onInsert('count-order', Order, ({ newImage: { placedOn, totalCents } }) =>
    addToDay(placedOn, { orders: 1, cancelled: 0, cents: totalCents }),
  )
  .onModify(
    'count-cancelled',
    Order,
    ({ newImage: { placedOn, totalCents } }) =>
      addToDay(placedOn, { orders: 0, cancelled: 1, cents: -totalCents }),
    { changed: ['status'], when: ({ newImage }) => newImage.status === 'cancelled' },
  );

export const handler = createHandler(router);

interface Sums {
  readonly orders: number;
  readonly cancelled: number;
  readonly cents: number;
}

async function addToDay(day: string, { orders, cancelled, cents }: Sums): Promise<void> {
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: shopTable(),
      Key: { pk: { S: `TOTALS#${day}` }, sk: { S: 'DAY' } },
      UpdateExpression: 'ADD orders :orders, cancelled :cancelled, cents :cents',
      ExpressionAttributeValues: {
        ':orders': { N: String(orders) },
        ':cancelled': { N: String(cancelled) },
        ':cents': { N: String(cents) },
      },
    }),
  );
}
