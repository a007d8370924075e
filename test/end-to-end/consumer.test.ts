import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  anyItem,
  createHandler,
  createRouter,
  dynamoDBLedger,
  entity,
  PermanentError,
  sqsDeadLetters,
} from 'spillway';
import type { HandlerOptions, OutcomeName } from 'spillway';
import type { LocalStack } from 'spillway/local';
import { startEventSourceMapping, startLocalStack } from 'spillway/local';
import { insertRecord, lambdaContext, streamEvent } from 'spillway/testing';
import { openStack } from './table-and-queue.ts';

let stack: LocalStack;
let aws: ReturnType<typeof openStack>;

beforeAll(async () => {
  stack = await startLocalStack();
  aws = openStack(stack);
  await aws.createTable('Ledger', 'id');
});

afterAll(async () => {
  aws.close();
  await stack.stop();
});

const Order = entity('Order', { schema: z.object({ pk: z.string(), totalCents: z.number() }) });

describe('changes of a real table through a handler, a real ledger and a real queue', () => {
  it('are handled once and in order, poison ends up in the queue, and a redelivered batch does nothing twice', async () => {
    const streamArn = await aws.createTable('Shop', 'pk');
    await aws.createTable('Effects', 'item');
    const queueUrl = await aws.createQueue('shop-letters');
    const outcomes: OutcomeName[] = [];
    const router = createRouter({ table: 'Shop' }).onChange('effect', Order, async (change) => {
      if (change.eventName === 'REMOVE') return;
      if (change.newImage.totalCents === 666) throw new PermanentError('cursed');
      await aws.append('Effects', change.newImage.pk, change.newImage.totalCents);
    });
    const handler = createHandler(router, {
      consumer: 'shop',
      ledger: dynamoDBLedger({ tableName: 'Ledger', client: aws.dynamodb }),
      deadLetters: sqsDeadLetters({ queueUrl, client: aws.sqs }),
      log: 'off',
      observers: [{ onRecord: ({ outcome }) => outcomes.push(outcome) }],
    });

    let invocations = 0;
    const mapping = await startEventSourceMapping({
      EventSourceArn: streamArn,
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      stack,
      retry: { baseDelayMs: 1 },
      invoke: async (event, context) => {
        invocations += 1;
        const response = await handler(event, context);
        // As if the answer of the second invocation were lost on the way: Lambda delivers the batch again.
        if (invocations === 2) throw new Error('lost');
        return response;
      },
      BatchSize: 20,
    });
    for (let total = 1; total <= 10; total += 1)
      await aws.put('Shop', ...['A', 'B', 'C', 'D', 'E'].map((pk) => ({ pk, totalCents: total })));
    await aws.put(
      'Shop',
      { pk: 'A', totalCents: 666 },
      { pk: 'B', totalCents: 'free' },
      { pk: 'A', totalCents: 11 },
    );
    await mapping.untilCaughtUp();
    await mapping.stop();

    const effects = await aws.scan('Effects');
    const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
    expect(effects.toSorted((a, b) => (String(a['item']) < String(b['item']) ? -1 : 1))).toEqual([
      { item: 'A', changes: upTo(11) },
      ...['B', 'C', 'D', 'E'].map((item) => ({ item, changes: upTo(10) })),
    ]);
    const letters = await aws.takeLetters(queueUrl);
    expect(
      letters.map(({ reason, record }) => [reason, record.dynamodb?.Keys?.['pk']?.S]).toSorted(),
    ).toEqual([
      ['permanent', 'A'],
      ['schema', 'B'],
    ]);
    expect(outcomes.filter((outcome) => outcome === 'duplicate').length).toBeGreaterThan(0);
    const ledger = await aws.scan('Ledger');
    expect(ledger.filter(({ status }) => status === 'COMPLETED')).toHaveLength(53);
  });

  const event = () => streamEvent(insertRecord({ pk: 'A', totalCents: 1 }));
  const failing = async (options: HandlerOptions) => {
    const lines: string[] = [];
    const router = createRouter().onInsert('poison', anyItem(), () => {
      throw new PermanentError('never');
    });
    const handler = createHandler(router, { consumer: 'x', log: (line) => lines.push(line), ...options });
    const response = await handler(event(), lambdaContext());
    return { response, log: lines.join('\n') };
  };

  it('fail with a message that names the ledger table if it does not exist', async () => {
    const { response, log } = await failing({
      ledger: dynamoDBLedger({ tableName: 'NoSuchLedger', client: aws.dynamodb }),
      deadLetters: 'off',
    });
    expect(response.batchItemFailures).toHaveLength(1);
    expect(log).toMatch(/DynamoDB table \\"NoSuchLedger\\"\) could not claim a record. Does it exist/);
    expect(log).toMatch(/ResourceNotFoundException/);
  });

  it('fail with a message that names the queue if it does not exist', async () => {
    const { response, log } = await failing({
      ledger: 'off',
      deadLetters: sqsDeadLetters({
        queueUrl: `${stack.endpoints.sqs}/000000000000/no-such-queue`,
        client: aws.sqs,
      }),
    });
    expect(response.batchItemFailures).toHaveLength(1);
    expect(log).toMatch(/no-such-queue could not be written to. Does it exist/);
  });
});
