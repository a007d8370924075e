import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TransientError } from 'spillway';

/** Made once for each container of the function; it connects with its first request. */
export const dynamodb = new DynamoDBClient({});

/** The one place where the shop reads its environment, and only when the table is needed. */
export function shopTable(): string {
  const table = process.env['SHOP_TABLE'];
  // The mistake is ours and no record's: transient, so that the stream waits for us and nothing becomes a letter.
  if (table === undefined || table === '')
    throw new TransientError('the environment variable SHOP_TABLE is not set');
  return table;
}
