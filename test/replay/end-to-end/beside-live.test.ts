import { setImmediate as nextTurn } from 'node:timers/promises';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  PermanentError,
  anyItem,
  createHandler,
  createRouter,
  dynamoDBLedger,
  sqsDeadLetters,
} from '../../../src/index.ts';
import type { LocalStack } from '../../../src/local/index.ts';
import { startEventSourceMapping, startLocalStack } from '../../../src/local/index.ts';
import { replayDeadLetters } from '../../../src/replay/index.ts';
import { openStack } from '../../end-to-end/table-and-queue.ts';
import { makeTable } from '../../idempotency/tables.ts';

let stack: LocalStack;
let aws: ReturnType<typeof openStack>;
beforeAll(async () => {
  stack = await startLocalStack();
  aws = openStack(stack);
});
afterAll(async () => {
  aws.close();
  await stack.stop();
});

const items = Array.from({ length: 12 }, (_, index) => `ITEM#${index}`);
const changesEach = 12;

describe('a replay beside a live consumer', () => {
  it('Promises 1, 2 and 4: handles every change of every item once and in order, parked or not', async () => {
    const streamArn = await aws.createTable('Beside', 'pk');
    const queueUrl = await aws.createQueue('beside-letters');
    const ledgerTable = await makeTable(aws.dynamodb, 'Ledger-beside', ['id']);
    const handled: string[] = [];
    let isBroken = true;
    const router = createRouter().onChange(
      'project',
      anyItem<{ pk: string; n: number }>(),
      async ({ newImage }) => {
        if (newImage === undefined) return;
        const { pk, n } = newImage;
        await nextTurn();
        // A third of the items break at their fifth change.
        if (isBroken && Number(pk.slice(5)) % 3 === 0 && n === 5) throw new PermanentError('not yet');
        handled.push(`${pk} ${n}`);
      },
    );
    const handler = createHandler(router, {
      consumer: 'beside',
      ledger: dynamoDBLedger({ tableName: ledgerTable, client: aws.dynamodb }),
      deadLetters: sqsDeadLetters({ queueUrl, client: aws.sqs }),
      afterDeadLetter: 'park-item',
      log: 'off',
    });
    await using mapping = await startEventSourceMapping({
      EventSourceArn: streamArn,
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      stack,
      invoke: handler,
    });
    const write = async (from: number, to: number) => {
      for (let n = from; n <= to; n += 1)
        await Promise.all(
          items.map((pk) =>
            aws.dynamodb.send(new PutItemCommand({ TableName: 'Beside', Item: marshall({ pk, n }) })),
          ),
        );
    };
    await write(1, 7);
    await mapping.untilCaughtUp();
    expect(handled).toHaveLength(8 * 7 + 4 * 4);

    isBroken = false;
    const replay = () =>
      replayDeadLetters({ queueUrl, handler, clients: { sqs: aws.sqs, dynamodb: aws.dynamodb } });
    const [first] = await Promise.all([replay(), write(8, changesEach)]);
    expect(first.outcomes.handled).toBeGreaterThan(0);
    await mapping.untilCaughtUp();
    // What was parked while the replay went on.
    expect((await replay()).left).toBe(0);
    for (const pk of items)
      expect(handled.filter((one) => one.startsWith(`${pk} `))).toEqual(
        Array.from({ length: changesEach }, (_, index) => `${pk} ${index + 1}`),
      );
    expect(await aws.takeLetters(queueUrl)).toEqual([]);
  });
});
