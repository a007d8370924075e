import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { dynamodb, shopTable } from '../shop.ts';
import { stockKey } from '../stock.ts';
import { untilNoConflict } from './conflict.ts';
import { Problem } from './problem.ts';
import type { Delivery } from './requests.ts';

export interface StockLevel {
  readonly item: string;
  readonly available: number;
  readonly priceCents: number;
}

/**
 * Counts a delivery in. DynamoDB adds, so nobody has to know the level of before and no two deliveries lose each other.
 * It is no idempotent request: one whose answer was lost may have counted.
 * @throws Problem 404 for an item that is not in stock yet, if no price comes with it
 */
export async function restock(item: string, { quantity, priceCents }: Delivery): Promise<StockLevel> {
  const priced = priceCents !== undefined;
  const command = new UpdateItemCommand({
    TableName: shopTable(),
    Key: marshall(stockKey(item)),
    UpdateExpression: `${priced ? 'SET priceCents = :priceCents ' : ''}ADD available :quantity`,
    ...(!priced && { ConditionExpression: 'attribute_exists(priceCents)' }),
    ExpressionAttributeValues: marshall({
      ':quantity': quantity,
      ...(priced && { ':priceCents': priceCents }),
    }),
    ReturnValues: 'ALL_NEW',
  });
  try {
    const { Attributes = {} } = await untilNoConflict(() => dynamodb.send(command));
    const { available, priceCents: price } = unmarshall(Attributes) as StockLevel;
    return { item, available, priceCents: price };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException)
      throw new Problem(404, 'There is no such item yet: it needs a price');
    throw error;
  }
}
