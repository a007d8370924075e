import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamodb, shopTable } from '../shop.ts';
import { fromCursor, toCursor } from './cursor.ts';
import type { Order } from './order.ts';
import { toOrder } from './order.ts';
import type { OrderQuery } from './requests.ts';

export interface Page {
  readonly orders: readonly Order[];
  /** Where to go on; not there on the last page. */
  readonly cursor?: string;
}

/**
 * The orders of a customer, the newest day first. A page is read before it is filtered by status: it may come out short,
 * even empty, and the list goes on all the same as long as there is a cursor. An index follows its table within moments.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
 */
export async function listOrders(query: OrderQuery): Promise<Page> {
  const { customerId, status, from, to, limit, cursor } = query;
  const { Items = [], LastEvaluatedKey } = await dynamodb.send(
    new QueryCommand({
      TableName: shopTable(),
      IndexName: 'OrdersByCustomer',
      KeyConditionExpression: 'customerId = :customerId AND placedOn BETWEEN :from AND :to',
      ...(status && {
        FilterExpression: '#status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
      }),
      ExpressionAttributeValues: marshall({
        ':customerId': customerId,
        ':from': from,
        ':to': to,
        ...(status && { ':status': status }),
      }),
      ScanIndexForward: false,
      Limit: limit,
      ...(cursor !== undefined && { ExclusiveStartKey: fromCursor(cursor, query) }),
    }),
  );
  return {
    orders: Items.map((item) => toOrder(unmarshall(item))),
    ...(LastEvaluatedKey && { cursor: toCursor(LastEvaluatedKey) }),
  };
}
