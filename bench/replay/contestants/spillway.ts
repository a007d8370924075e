import { anyItem, createHandler, createRouter, dynamoDBLedger } from 'spillway';
import type { IfStale } from 'spillway/replay';
import { replayDeadLetters } from 'spillway/replay';
import { dynamodbAt, sqsAt } from '../clients.ts';
import type { Run } from '../contestants.ts';
import { consumer, route } from '../letters.ts';
import type { Turn } from '../turn.ts';

export interface SpillwaySetting {
  readonly ledger: boolean;
  readonly ifStale: IfStale;
}

/** With all that is not named here as it comes. */
export function spillway(turn: Turn, { ledger, ifStale }: SpillwaySetting, lookAtHeap: () => void): Run {
  const { endpoints, queueUrl, ledgerTable, letters } = turn;
  const clients = { sqs: sqsAt(endpoints.sqs), dynamodb: dynamodbAt(endpoints.dynamodb) };
  let handled = 0;
  const router = createRouter().onModify(route, anyItem(), () => {
    handled += 1;
    if (handled % (letters / 4) === 0) lookAtHeap();
  });
  const handler = createHandler(router, {
    ledger: ledger ? dynamoDBLedger({ tableName: ledgerTable, client: clients.dynamodb }) : 'off',
    deadLetters: 'off',
    consumer,
    log: 'off',
  });
  return async () => {
    const { settled } = await replayDeadLetters({
      queueUrl,
      handler,
      ifStale,
      clients,
      onEvent: ({ kind }) => kind === 'collected' && lookAtHeap(),
    });
    const endedAt = performance.now();
    if (handled !== letters || settled !== letters)
      throw new Error(`${handled} of ${letters} letters were handled, ${settled} settled`);
    return endedAt;
  };
}
