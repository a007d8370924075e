import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord } from 'aws-lambda';
import {
  anyItem,
  createHandler,
  createRouter,
  dynamoDBLedger,
  PermanentError,
  sqsDeadLetters,
} from 'spillway';
import { lambdaContext, modifyRecord, streamEvent } from 'spillway/testing';
import { orderChange } from '../events/items.ts';
import { createRandom } from '../events/random.ts';

/** Whoever replays the letters must be the one who wrote them. */
export const consumer = 'bench';
export const route = 'note';
export const itemsTable = 'Shop';

export interface LetterPlace {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  /** Where the letters' entries are to be, as dead-lettered. */
  readonly ledger: { readonly client: DynamoDBClient; readonly tableName: string } | undefined;
}

const recordsPerEvent = 1_000;
const seed = 20_260_101;
const createdAt = new Date('2026-01-01T00:00:00Z');
const firstSequenceNumber = 100_000_000_000_000_000_000n;

/**
 * Letters of different items, as a handler writes them that gives up on every record: so they are in the ledger as they would be.
 * @param onRecords sees what they are about, part by part
 */
export async function writeLetters(
  count: number,
  { sqs, queueUrl, ledger }: LetterPlace,
  onRecords: (records: readonly DynamoDBRecord[]) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const router = createRouter().onModify(route, anyItem(), () => {
    throw new PermanentError('what was ordered is not sold any more');
  });
  const handler = createHandler(router, {
    ledger: ledger === undefined ? 'off' : dynamoDBLedger(ledger),
    deadLetters: sqsDeadLetters({ queueUrl, client: sqs }),
    concurrency: 100,
    consumer,
    log: 'off',
  });
  for (const records of recordsInParts(count)) {
    const context = lambdaContext({ remainingMs: 300_000, functionName: 'bench-consumer' });
    const { batchItemFailures } = await handler(streamEvent(...records), context);
    if (batchItemFailures.length > 0) throw new Error('not every record has become a letter');
    await onRecords(records);
  }
}

function* recordsInParts(count: number): Generator<readonly DynamoDBRecord[]> {
  const random = createRandom(seed);
  for (let from = 0; from < count; from += recordsPerEvent)
    yield Array.from({ length: Math.min(recordsPerEvent, count - from) }, (_, index) =>
      modifyRecord(orderChange(from + index, random), {
        table: itemsTable,
        sequenceNumber: String(firstSequenceNumber + BigInt(from + index)),
        createdAt,
      }),
    );
}
