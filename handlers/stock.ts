import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { dynamodb, shopTable } from './shop.ts';

export const stockKey = (item: string) => ({ pk: `STOCK#${item}`, sk: 'LEVEL' });

export type Reservation = 'reserved' | 'sold-out' | 'unknown-item';

/**
 * Reserves all lines of an order, or none of them.
 * @param idempotencyKey makes a repetition within ten minutes harmless, even one that the ledger never heard of
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
export async function reserveStock(
  lines: Readonly<Record<string, number>>,
  idempotencyKey: string,
): Promise<Reservation> {
  const command = new TransactWriteItemsCommand({
    TransactItems: Object.entries(lines).map(takeFromStock),
    ClientRequestToken: idempotencyKey.slice(0, 36),
  });
  try {
    await dynamodb.send(command);
    return 'reserved';
  } catch (error) {
    return refusalIn(error);
  }
}

const takeFromStock = ([item, quantity]: readonly [string, number]): TransactWriteItem => ({
  Update: {
    TableName: shopTable(),
    Key: marshall(stockKey(item)),
    UpdateExpression: 'SET available = available - :quantity',
    ConditionExpression: 'available >= :quantity',
    ExpressionAttributeValues: { ':quantity': { N: String(quantity) } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
});

/** A refused condition is an answer; anything else, such as a conflict, is thrown on for Spillway to try again. */
function refusalIn(error: unknown): Reservation {
  if (!(error instanceof TransactionCanceledException)) throw error;
  const { CancellationReasons: reasons = [] } = error;
  const refused = reasons.filter(({ Code }) => Code === 'ConditionalCheckFailed');
  if (refused.length === 0) throw error;
  return refused.some(({ Item }) => Item === undefined) ? 'unknown-item' : 'sold-out';
}
