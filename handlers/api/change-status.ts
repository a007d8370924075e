import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { OrderStatus } from '../entities.ts';
import { dynamodb, shopTable } from '../shop.ts';
import { untilNoConflict } from './conflict.ts';
import type { Order } from './order.ts';
import { etagOf, orderKey, toOrder } from './order.ts';
import { Problem } from './problem.ts';
import type { LaterStatus } from './requests.ts';

/** From which statuses an order comes to which. */
const before: Readonly<Record<LaterStatus, readonly OrderStatus[]>> = {
  paid: ['placed'],
  shipped: ['paid'],
  cancelled: ['placed', 'paid'],
};

/**
 * Changes an order that is still as its reader saw it: whoever else read the same version is too late.
 * @throws Problem 404, 412 with the version of now, or 409 for a status that does not follow from the one of now
 */
export async function changeStatus(orderId: string, status: LaterStatus, version: number): Promise<Order> {
  const from = before[status].map((each, index) => [`:from${index}`, each] as const);
  const command = new UpdateItemCommand({
    TableName: shopTable(),
    Key: marshall(orderKey(orderId)),
    UpdateExpression: 'SET #status = :status, version = :next',
    ConditionExpression: `version = :version AND #status IN (${from.map(([name]) => name).join(', ')})`,
    ExpressionAttributeNames: { '#status': 'status' },
    ExpressionAttributeValues: marshall({
      ':status': status,
      ':version': version,
      ':next': version + 1,
      ...Object.fromEntries(from),
    }),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    const { Attributes = {} } = await untilNoConflict(() => dynamodb.send(command));
    return toOrder(unmarshall(Attributes));
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) throw refusalOf(error, version);
    throw error;
  }
}

function refusalOf({ Item }: ConditionalCheckFailedException, expected: number): Problem {
  if (Item === undefined) return new Problem(404, 'There is no such order');
  const order = toOrder(unmarshall(Item));
  const { version, status } = order;
  const headers = { etag: etagOf(order) };
  if (version !== expected) return new Problem(412, 'The order has changed', { version, headers });
  return new Problem(409, `The order is ${status}`, { version, headers });
}
