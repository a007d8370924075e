import { describe, expect, it } from 'vitest';
import { createHandler } from '../../../src/create-handler.ts';
import { sqsDeadLetters } from '../../../src/dead-letter/sqs-dead-letters.ts';
import type { HandlerOptions } from '../../../src/handler-options.ts';
import { dynamoDBLedger } from '../../../src/idempotency/dynamodb-ledger.ts';
import { anyItem } from '../../../src/routing/entity.ts';
import { createRouter } from '../../../src/routing/router.ts';
import { memoryDeadLetters, memoryLedger } from '../../../src/testing/index.ts';

const descriptionOf = (options?: HandlerOptions) =>
  createHandler(
    createRouter().onInsert('one', anyItem(), () => undefined),
    options,
  ).description;

describe('the description of a handler', () => {
  it('has the defaults filled in', () => {
    expect(descriptionOf()).toEqual({
      consumer: undefined,
      order: 'item',
      concurrency: 10,
      deadlineMarginMs: 1_000,
      afterDeadLetter: 'continue',
      ledger: { guarantee: 'claim', expiresAfterSeconds: 172_800 },
      deadLetters: 'sqs',
    });
  });

  it('has what the handler was made with, as plain data', () => {
    const queueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/letters';
    const description = descriptionOf({
      consumer: 'orders',
      order: 'shard',
      concurrency: 3,
      deadlineMarginMs: 2_000,
      afterDeadLetter: 'park-item',
      ledger: dynamoDBLedger({ tableName: 'L', guarantee: 'record', expiresAfterSeconds: 100_000 }),
      deadLetters: sqsDeadLetters({ queueUrl, bucket: 'large' }),
    });
    expect(description).toEqual({
      consumer: 'orders',
      order: 'shard',
      concurrency: 3,
      deadlineMarginMs: 2_000,
      afterDeadLetter: 'park-item',
      ledger: { guarantee: 'record', expiresAfterSeconds: 100_000, tableName: 'L' },
      deadLetters: 'sqs',
      letterPlaces: { queueUrl, bucket: 'large', keyPrefix: 'spillway/' },
    });
    expect(structuredClone(description)).toEqual(description);
  });

  it('tells what is switched off from what is not Spillway’s own', () => {
    expect(descriptionOf({ ledger: 'off', deadLetters: 'off' })).toMatchObject({
      ledger: 'off',
      deadLetters: 'off',
    });
    expect(descriptionOf({ ledger: memoryLedger(), deadLetters: memoryDeadLetters() })).toMatchObject({
      ledger: 'custom',
      deadLetters: 'custom',
    });
  });
});
