import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PermanentError, anyItem, createHandler, createRouter, dynamoDBLedger } from '../../../src/index.ts';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import { insertRecord, lambdaContext, memoryDeadLetters, streamEvent } from '../../../src/testing/index.ts';
import { dynamoDBClient, makeTable } from '../../idempotency/tables.ts';
import type { RunOptions } from './dlq-session.ts';
import { runDlq } from './dlq-session.ts';

let stack: LocalStack;
let dynamodb: DynamoDBClient;
let streamArn: string;
beforeAll(async () => {
  stack = await startLocalStack();
  dynamodb = dynamoDBClient(stack);
  await makeTable(dynamodb, 'Ledger', ['id']);
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName: 'Shop',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'n', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'n', AttributeType: 'N' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  streamArn = TableDescription?.LatestStreamArn ?? '';
});
afterAll(async () => {
  dynamodb.destroy();
  await stack.stop();
});

const open = (args: readonly string[], options: RunOptions = {}) =>
  runDlq(['open', '--table', 'Shop', '--consumer', 'shop', '--ledger-table', 'Ledger', ...args], {
    stack,
    ...options,
  });

/** A handler that has parked the item, and whose letters nobody has. */
async function parkedItem(pk: string, n: number) {
  const handled: number[] = [];
  const router = createRouter().onInsert(
    'all',
    anyItem<{ pk: string; n: number; change: number }>(),
    ({ newImage: { change } }) => {
      if (change === 1) throw new PermanentError('no');
      handled.push(change);
    },
  );
  const handler = createHandler(router, {
    ...{ consumer: 'shop', deadLetters: memoryDeadLetters(), log: 'off', afterDeadLetter: 'park-item' },
    ledger: dynamoDBLedger({ tableName: 'Ledger', client: dynamodb }),
  });
  const deliver = (change: number) =>
    handler(
      streamEvent({
        ...insertRecord({ pk, n, change }, { eventId: `${pk}${change}`, keys: ['pk', 'n'] }),
        eventSourceARN: streamArn,
      }),
      lambdaContext(),
    );
  await deliver(1);
  return { deliver, handled };
}

describe('spillway dlq open', () => {
  it('opens a parked item, so that its next change is handled', async () => {
    const { deliver, handled } = await parkedItem('A', 5);
    await deliver(2);
    expect(handled).toEqual([]);
    const run = await open(['--key', 'pk=A', '--key', 'n=5', '--yes']);
    expect(run.lines()).toEqual([
      'The item was parked, and is open now: its next changes are handled again.',
    ]);
    expect(run.status()).toBeUndefined();
    await deliver(3);
    expect(handled).toEqual([3]);
  });

  it('asks, says what it means and shows no key', async () => {
    const { deliver, handled } = await parkedItem('secret', 7);
    const no = await open(['--key', '{"pk":"secret","n":7}'], { answer: 'n' });
    expect(no.told()).toContain('changes of it that lie as letters no longer wait for each other');
    expect(no.told()).not.toContain('secret');
    expect(no.status()).toBe(1);
    await deliver(2);
    expect(handled).toEqual([]);
    await open(['--key', '{"pk":"secret","n":7}'], { answer: 'y' });
    await deliver(3);
    expect(handled).toEqual([3]);
  });

  it('says of an item that is not parked what may be wrong', async () => {
    const run = await open(['--key', 'pk=B', '--key', 'n=1', '--yes']);
    expect(run.lines()[0]).toContain('The item is not parked in Ledger: nothing was done.');
    expect(run.status()).toBe(1);
  });

  it.each([
    [['--key', 'pk=secret', '--yes'], 'The key of table "Shop" is pk and n: give each once with --key'],
    [['--key', 'pk=secret', '--key', 'n=x', '--yes'], '"n" as a number'],
    [['--key', 'sk=secret', '--yes'], '--key names "sk", which is no part of the key of table "Shop"'],
    [['--key', 'pk=secret', '--key', 'n=1'], 'There is no terminal to ask at: say --yes'],
  ])('says what is wrong about %j', async (args, message) => {
    const error = await open(args).then(
      () => new Error('it did not fail'),
      (thrown: unknown) => thrown as Error,
    );
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('secret');
  });
});
