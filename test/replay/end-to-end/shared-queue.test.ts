import { ReceiveMessageCommand, DeleteMessageBatchCommand } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PermanentError, anyItem, createHandler, createRouter, sqsDeadLetters } from '../../../src/index.ts';
import { dynamoDBLedger } from '../../../src/idempotency/dynamodb-ledger.ts';
import type { LocalStack } from '../../../src/local/index.ts';
import { startEventSourceMapping, startLocalStack } from '../../../src/local/index.ts';
import { createReplayHandler, replayDeadLetters } from '../../../src/replay/index.ts';
import { exactStreamsClient } from '../../../src/stream/exact-streams-client.ts';
import { lambdaContext } from '../../../src/testing/index.ts';
import { clientConfig } from '../../dead-letter/queues.ts';
import { openStack } from '../../end-to-end/table-and-queue.ts';
import { makeTable } from '../../idempotency/tables.ts';
import { openShop } from '../../local/shop.ts';

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

const names = ['orders', 'totals'] as const;
type Name = (typeof names)[number];

/** Two consumers of one stream that send letters and pointers to one queue: `bad` is a letter of each, the others are given up. */
async function openTwo(table: string) {
  const shop = await openShop(stack, table);
  const aws = openStack(stack);
  const ledgerTable = await makeTable(aws.dynamodb, `${table}-Ledger`, ['id']);
  const streams = exactStreamsClient({
    ...clientConfig(stack),
    endpoint: stack.environment.AWS_ENDPOINT_URL_DYNAMODB_STREAMS,
  });
  const handled: string[] = [];
  let isDown = true;
  const routerOf = (name: Name) =>
    createRouter().onInsert(`${name}-route`, anyItem<{ pk: string }>(), ({ newImage: { pk } }) => {
      if (isDown && pk === 'bad') throw new PermanentError('never');
      if (isDown) throw Object.assign(new Error('away'), { code: 'ECONNRESET' });
      handled.push(`${name} ${pk}`);
    });
  const options = {
    ledger: dynamoDBLedger({ tableName: ledgerTable, client: aws.dynamodb }),
    deadLetters: sqsDeadLetters({ queueUrl: shop.queueUrl, client: aws.sqs }),
    deadlineMarginMs: 100,
    retry: { baseDelayMs: 1, maxDelayMs: 5 },
    log: 'off',
  } as const;
  const routers = { orders: routerOf('orders'), totals: routerOf('totals') };
  const handlers = {
    orders: createHandler(routers.orders, { ...options, consumer: 'orders' }),
    totals: createHandler(routers.totals, { ...options, consumer: 'totals' }),
  };
  await shop.put('bad', 'one', 'two');
  for (const name of names) {
    await using mapping = await startEventSourceMapping({
      FunctionName: `shop-${name}`,
      EventSourceArn: shop.streamArn,
      StartingPosition: 'TRIM_HORIZON',
      MaximumRetryAttempts: 0,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: shop.queueArn } },
      timeoutMs: 1_000,
      stack,
      invoke: handlers[name],
    });
    await mapping.untilCaughtUp();
  }
  expect(handled).toEqual([]);
  isDown = false;
  return {
    handled: () => handled.toSorted(),
    queueUrl: shop.queueUrl,
    sqs: aws.sqs,
    handlers,
    routers,
    options,
    clients: { sqs: aws.sqs, dynamodb: aws.dynamodb, streams },
    close: () => {
      streams.destroy();
      shop.close();
      aws.close();
    },
  };
}

const all = ['orders bad', 'orders one', 'orders two', 'totals bad', 'totals one', 'totals two'];

describe('a queue that two consumers share', () => {
  it.concurrent('Promise 1: keeps the pointers of the one when the other is replayed', async () => {
    const { handled, handlers, queueUrl, clients, close } = await openTwo('SharedByCommand');
    const why: string[] = [];
    const replay = (name: Name, functionNames: readonly string[]) =>
      replayDeadLetters({
        queueUrl,
        handler: handlers[name],
        functionNames,
        clients,
        onEvent: (event) => {
          if (event.kind === 'left') why.push(event.why);
        },
      });
    const untold = await replay('orders', []);
    expect(untold.outcomes).toMatchObject({ handled: 1, refused: 1 });
    expect(why.filter((text) => text.includes('nobody has said of which function'))).toHaveLength(2);
    expect(handled()).toEqual(['orders bad']);

    const ofOrders = await replay('orders', ['shop-orders']);
    expect(handled()).toEqual(all.slice(0, 3));
    // The letter and the pointer of the other.
    expect(ofOrders).toMatchObject({ settled: 1, left: 2 });
    expect(why.at(-1)).toContain('the handler here is that of "shop-orders"');

    expect(
      await replay('totals', ['arn:aws:lambda:eu-central-1:123456789012:function:shop-totals']),
    ).toMatchObject({
      left: 0,
    });
    expect(handled()).toEqual(all);
    close();
  });

  it.concurrent('Promise 1: is worked off by one function for both', async () => {
    const { handled, routers, options, queueUrl, sqs, clients, close } = await openTwo('SharedByFunction');
    const replay = createReplayHandler(routers, {
      ...options,
      functions: { 'shop-orders': 'orders', 'shop-totals': 'totals' },
      clients,
    });
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    expect(Messages).toHaveLength(4);
    const Records = Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '' }) => ({
      messageId: MessageId,
      receiptHandle: ReceiptHandle,
      body: Body,
      attributes: { SentTimestamp: '0' },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:letters',
    })) as unknown as readonly SQSRecord[];
    expect(await replay({ Records }, lambdaContext({ remainingMs: 10_000 }))).toEqual({
      batchItemFailures: [],
    });
    expect(handled()).toEqual(all);
    await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    close();
  });
});
