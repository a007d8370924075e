import { createHash, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamodb, shopTable } from '../shop.ts';
import { stockKey } from '../stock.ts';
import { untilNoConflict } from './conflict.ts';
import type { Order } from './order.ts';
import { findOrder, orderKey, toOrder } from './order.ts';
import { Problem } from './problem.ts';
import { readItem } from './read-item.ts';
import type { NewOrder } from './requests.ts';

export interface PlacedOrder {
  readonly order: Order;
  /** False for a request that came before: it changes nothing. */
  readonly isNew: boolean;
}

/**
 * Places an order, in one transaction: what is ordered is there, the order is written, the customer's orders are counted.
 * The stock is taken by the consumer of the stream: of two orders for the last piece, one is told later that it is gone.
 * @param idempotencyKey the same one of the same customer is the same order, however often it is sent
 * @throws Problem 400 for what is not sold here, 409 for more than there is
 */
export async function placeOrder(wanted: NewOrder, idempotencyKey: string | null): Promise<PlacedOrder> {
  const orderId = orderIdFor(wanted.customerId, idempotencyKey);
  const earlier = await findOrder(orderId);
  if (earlier) return repeated(earlier, wanted);

  const placedOn = new Date().toISOString().slice(0, 10);
  const totalCents = await priceOf(wanted.lines);
  const order: Order = { orderId, ...wanted, status: 'placed', placedOn, totalCents, version: 1 };
  const command = new TransactWriteItemsCommand({ TransactItems: placing(order) });
  try {
    await untilNoConflict(() => dynamodb.send(command));
    return { order, isNew: true };
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const [ofOrder, , ...ofLines] = error.CancellationReasons ?? [];
    if (ofOrder?.Item) return repeated(toOrder(unmarshall(ofOrder.Item)), wanted);
    const soldOut = Object.keys(wanted.lines).filter((_, index) => ofLines[index]?.Item);
    if (soldOut.length > 0) throw new Problem(409, 'There is not enough in stock', { items: soldOut });
    throw error;
  }
}

const orderIdFor = (customerId: string, key: string | null): string =>
  key === null
    ? randomUUID()
    : createHash('sha256')
        .update(JSON.stringify([customerId, key]))
        .digest('hex')
        .slice(0, 32);

function repeated(order: Order, { lines }: NewOrder): PlacedOrder {
  if (isDeepStrictEqual(order.lines, lines)) return { order, isNew: false };
  throw new Problem(409, 'The Idempotency-Key belongs to an order of other items');
}

/** @throws Problem 400 that names what has no price */
async function priceOf(lines: NewOrder['lines']): Promise<number> {
  const prices = await Promise.all(
    Object.entries(lines).map(async ([item, quantity]) => {
      const { priceCents } = (await readItem(stockKey(item))) ?? {};
      return { item, cents: typeof priceCents === 'number' ? priceCents * quantity : undefined };
    }),
  );
  const unknown = prices.filter(({ cents }) => cents === undefined).map(({ item }) => item);
  if (unknown.length > 0) throw new Problem(400, 'Some items are not sold here', { items: unknown });
  return prices.reduce((sum, { cents = 0 }) => sum + cents, 0);
}

/** The order first, and the lines last: reasons for a refusal come in this order. */
const placing = (order: Order): TransactWriteItem[] => [
  {
    Put: {
      TableName: shopTable(),
      Item: marshall({ ...orderKey(order.orderId), ...order }),
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  },
  {
    Update: {
      TableName: shopTable(),
      Key: marshall({ pk: `CUSTOMER#${order.customerId}`, sk: 'ORDERS' }),
      UpdateExpression: 'ADD orders :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    },
  },
  ...Object.entries(order.lines).map(([item, quantity]) => ({
    ConditionCheck: {
      TableName: shopTable(),
      Key: marshall(stockKey(item)),
      ConditionExpression: 'available >= :quantity',
      ExpressionAttributeValues: { ':quantity': { N: String(quantity) } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    },
  })),
];
