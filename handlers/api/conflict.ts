import { setTimeout } from 'node:timers/promises';
import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { Problem } from './problem.ts';

const attempts = 6;

/**
 * Sends a request again that was refused only because it met a transaction on one of its items: DynamoDB has done nothing
 * of it then, and the SDK does not try again by itself.
 * @throws Problem 503 if that goes on
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export async function untilNoConflict<Output>(send: () => Promise<Output>): Promise<Output> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await send();
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (attempt === attempts)
        throw new Problem(503, 'Too many changes at once', { headers: { 'retry-after': '1' } });
      await setTimeout(Math.random() * 10 * 2 ** attempt);
    }
}

function isConflict(error: unknown): boolean {
  if (error instanceof TransactionConflictException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  return error.CancellationReasons?.some(({ Code }) => Code === 'TransactionConflict') ?? false;
}
