import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Guarantee } from '../../../src/index.ts';
import { anyItem, createHandler, createRouter, dynamoDBLedger, sqsDeadLetters } from '../../../src/index.ts';
import type { LocalStack } from '../../../src/local/index.ts';
import { startEventSourceMapping, startLocalStack } from '../../../src/local/index.ts';
import { replayDeadLetters } from '../../../src/replay/index.ts';
import { exactStreamsClient } from '../../../src/stream/exact-streams-client.ts';
import { clientConfig } from '../../dead-letter/queues.ts';
import { makeTable } from '../../idempotency/tables.ts';
import { openStack } from '../../end-to-end/table-and-queue.ts';
import { openShop } from '../../local/shop.ts';

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

const down = () => Object.assign(new Error('the mail server is away'), { code: 'ECONNRESET' });

describe('a batch that the mapping gives up', () => {
  it.concurrent.each<Guarantee>(['claim', 'record', 'checkpoint'])(
    'Promise 1: is handled by a replay of its pointer, exactly what was missing of it, with the guarantee "%s"',
    async (guarantee) => {
      const shop = await openShop(stack, `GivenUp-${guarantee}`);
      const aws = openStack(stack);
      const ledgerTable = await makeTable(aws.dynamodb, `Ledger-${guarantee}`, ['id']);
      const handled: string[] = [];
      const attempted = new Set<string>();
      let isDown = true;
      const router = createRouter().onInsert(
        'mail',
        anyItem<{ pk: string }>(),
        async ({ newImage: { pk: id } }, { isReplay }) => {
          attempted.add(id);
          await nextTurn();
          if (isDown && Number(id) % 5 >= 2) throw down();
          handled.push(isReplay ? `${id} replayed` : id);
        },
      );
      const handler = createHandler(router, {
        consumer: 'mail',
        concurrency: 100,
        ledger: dynamoDBLedger({ tableName: ledgerTable, client: aws.dynamodb, guarantee }),
        deadLetters: sqsDeadLetters({ queueUrl: shop.queueUrl, client: aws.sqs }),
        deadlineMarginMs: 100,
        retry: { baseDelayMs: 1, maxDelayMs: 5 },
        log: 'off',
      });
      const ids = Array.from({ length: 100 }, (_, index) => String(index));
      await shop.put(...ids);
      {
        await using mapping = await startEventSourceMapping({
          FunctionName: 'mail-function',
          EventSourceArn: shop.streamArn,
          StartingPosition: 'TRIM_HORIZON',
          BatchSize: 100,
          MaximumRetryAttempts: 1,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          DestinationConfig: { OnFailure: { Destination: shop.queueArn } },
          retry: { baseDelayMs: 1, maxDelayMs: 1 },
          timeoutMs: 1_000,
          stack,
          invoke: handler,
        });
        await mapping.untilCaughtUp();
      }
      expect(attempted.size).toBe(100);
      expect(handled).toHaveLength(40);

      isDown = false;
      const streams = exactStreamsClient({
        ...clientConfig(stack),
        endpoint: stack.environment.AWS_ENDPOINT_URL_DYNAMODB_STREAMS,
      });
      const summary = await replayDeadLetters({
        queueUrl: shop.queueUrl,
        handler,
        functionNames: ['mail-function'],
        clients: { sqs: aws.sqs, dynamodb: aws.dynamodb, streams },
      });
      streams.destroy();
      expect(summary).toMatchObject({ left: 0, foreign: 0 });
      expect(summary.outcomes.handled).toBe(60);
      expect(new Set(handled.map((one) => one.split(' ')[0]))).toEqual(new Set(ids));
      expect(handled).toHaveLength(100);
      expect(handled.filter((one) => one.endsWith('replayed'))).toHaveLength(60);
      expect(await shop.takePointers()).toEqual([]);
      shop.close();
      aws.close();
    },
  );
});
