import { anyItem, createHandler, createRouter, dynamoDBLedger } from 'spillway';
import { lambdaContext } from 'spillway/testing';
import type { Ground, Run } from './contestants.ts';

type Guarantee = 'claim' | 'record' | 'checkpoint';

/** Spillway with a ledger of that guarantee, or without one. */
export function spillway({ client, tableName, handle }: Ground, guarantee: Guarantee | 'off'): Run {
  const router = createRouter().onModify('note', anyItem(), ({ eventId }) => handle(eventId));
  const handler = createHandler(router, {
    ledger: guarantee === 'off' ? 'off' : dynamoDBLedger({ tableName, client, guarantee }),
    deadLetters: 'off',
    concurrency: 10,
    consumer: 'bench',
    log: 'off',
  });
  const context = lambdaContext({ remainingMs: 300_000 });
  return async (event) => {
    const { batchItemFailures } = await handler(event, context);
    return { batchItemFailures: [...batchItemFailures] };
  };
}
