import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SchemaError } from '../../../src/errors.ts';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import { insertRecord, modifyRecord, removeRecord } from '../../../src/testing/index.ts';
import { letterFor } from '../../dead-letter/letters.ts';
import { makeQueue, sqsClient, takeMessages } from '../../dead-letter/queues.ts';
import { dynamoDBClient, makeTable } from '../../idempotency/tables.ts';
import { openStack } from '../../end-to-end/table-and-queue.ts';
import { runDlq } from './dlq-session.ts';
import { pointerBody, sendBody, sendLetters } from './filled-queue.ts';

let stack: LocalStack;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;
beforeAll(async () => {
  stack = await startLocalStack();
  [sqs, dynamodb] = [sqsClient(stack), dynamoDBClient(stack)];
  await makeTable(dynamodb, 'Shop', ['pk']);
});
afterAll(async () => {
  sqs.destroy();
  dynamodb.destroy();
  await stack.stop();
});

const at = { sequenceNumber: '100000000000000000001', createdAt: new Date('2026-01-01T00:00:00Z') };
const parts = { now: () => Date.parse('2026-01-01T01:00:00Z') };
const oldImage = { pk: 'ORDER#1', status: 'placed', total: 5 };
const newImage = { pk: 'ORDER#1', status: 'paid', total: 5, coupon: 'C' };

const errorOf = (stack: string) => Object.assign(new TypeError('the mail server said no'), { stack });
const modified = letterFor(modifyRecord({ oldImage, newImage }, at), {
  error: errorOf(
    'TypeError: the mail server said no\n    at tell (orders.ts:7:3)\n    at run (batch.ts:1:1)',
  ),
});

/** The text without what differs from run to run. */
const stable = (lines: readonly string[]) =>
  lines
    .join('\n')
    .replace(/message {4}\S+ sent \S+/, 'message    <id>, sent <time>')
    .replaceAll(/[0-9a-f]{32,64}/g, '<id>')
    .replace(/request \S+/, 'request <id>');

const show = (queue: string, id: string, ...args: readonly string[]) =>
  runDlq(['show', id, '--queue', queue, ...args], { stack, parts });

describe('spillway dlq show', () => {
  it('shows everything of a letter, and consumes nothing', async () => {
    const url = await makeQueue(sqs, 'show-letter');
    await sendLetters(sqs, url, modified);
    const run = await show(url, modified.id.slice(0, 12));
    expect(`\n${stable(run.lines())}\n`).toMatchInlineSnapshot(`
      "
      Letter <id>
        message    <id>, sent <time> received 1 time
        table      Shop
        event      MODIFY, number 100000000000000000001, id <id>
        keys       pk=ORDER#1
        consumer   orders
        route      tell-customer
        reason     exhausted, after 3 attempts
        given up   2026-01-01T00:00:00.000Z, 1 h ago
        by         function orders-consumer, request <id>

      Error
        TypeError: the mail server said no
            at tell (orders.ts:7:3)
            at run (batch.ts:1:1)

      Change
        + coupon: "C"
        status: "placed" -> "paid"
      "
    `);
    expect(await takeMessages(sqs, url)).toHaveLength(1);
  });

  it('shows what a schema found wrong', async () => {
    const url = await makeQueue(sqs, 'show-issues');
    const error = new SchemaError('refused', [{ path: 'newImage.total', message: 'must be a number' }]);
    const letter = letterFor(insertRecord({ pk: 'a' }), { reason: 'schema', error });
    await sendLetters(sqs, url, letter);
    const { lines } = await show(url, letter.id);
    expect(lines()).toContain('  newImage.total: must be a number');
  });

  it.each([
    ['as it was after the change', newImage, ['as after the change: nothing was written since']],
    ['changed since', { ...newImage, status: 'shipped' }, ['changed since:', 'status: "paid" -> "shipped"']],
  ])('shows the item %s', async (name, item, wanted) => {
    const url = await makeQueue(sqs, `show-${name.replaceAll(' ', '-')}`);
    await sendLetters(sqs, url, modified);
    await dynamodb.send(new PutItemCommand({ TableName: 'Shop', Item: marshall(item) }));
    const { lines } = await show(url, modified.id, '--current');
    const from = lines().indexOf('Now in the table');
    expect(lines().slice(from + 1)).toEqual(wanted.map((line) => `  ${line}`));
  });

  it('shows that the item is gone, and of a REMOVE that it is there again', async () => {
    const url = await makeQueue(sqs, 'show-gone');
    const gone = letterFor(insertRecord({ pk: 'GONE' }));
    const back = letterFor(removeRecord({ pk: 'BACK' }));
    await sendLetters(sqs, url, gone, back);
    await dynamodb.send(new PutItemCommand({ TableName: 'Shop', Item: marshall({ pk: 'BACK' }) }));
    expect((await show(url, gone.id, '--current')).lines()).toContain('  no item: it was deleted since');
    expect((await show(url, back.id, '--current')).lines()).toContain('  there is an item again');
  });

  it('shows everything of a letter whose record could not be read, the item as it is now included', async () => {
    const url = await makeQueue(sqs, 'show-unreadable');
    const record = modifyRecord({ oldImage: { pk: 'ODD' }, newImage: { pk: 'ODD', n: 1 } }, at);
    const { Keys = {}, NewImage = {}, SequenceNumber = '' } = record.dynamodb ?? {};
    const frame = { Keys, NewImage, SequenceNumber, StreamViewType: 'NEW_AND_OLD_IMAGES' as const };
    const letter = letterFor({ ...record, dynamodb: frame }, { reason: 'unreadable' });
    await sendLetters(sqs, url, letter);
    await dynamodb.send(new PutItemCommand({ TableName: 'Shop', Item: marshall({ pk: 'ODD', n: 2 }) }));
    const run = await show(url, letter.id, '--current');
    expect(run.lines().slice(-4)).toEqual(['', 'Now in the table', '  changed since:', '  n: 1 -> 2']);
    expect(run.lines()[0]).toBe(`Letter ${letter.id}`);
    expect(run.status()).toBeUndefined();
  });

  it('shows everything else where the table cannot be read, says so, and has the status 1', async () => {
    const url = await makeQueue(sqs, 'show-no-table');
    const letter = letterFor(insertRecord({ pk: 'a' }, { table: 'Elsewhere' }));
    await sendLetters(sqs, url, letter);
    const run = await show(url, letter.id, '--current');
    expect(run.lines()[0]).toBe(`Letter ${letter.id}`);
    expect(run.lines().at(-1)).toMatch(
      /^ {2}the item of table "Elsewhere" in \S+ cannot be read \(.+\)\. Does the/,
    );
    expect(run.status()).toBe(1);
    const [json = ''] = (await show(url, letter.id, '--current', '--json')).lines();
    expect(JSON.parse(json)).toMatchObject({ kind: 'letter', currentUnknown: expect.any(String) as string });
  });

  it('says how many records of a pointer can still be read', async () => {
    const engines = openStack(stack);
    const streamArn = await engines.createTable('Streamed', 'pk');
    await engines.put('Streamed', { pk: 'a' }, { pk: 'b' }, { pk: 'c' });
    const url = await makeQueue(sqs, 'show-pointer');
    const shardId = 'shardId-00000001-Streamed';
    await sendBody(sqs, url, pointerBody({ streamArn, shardId, first: '1', last: '3', batchSize: 3 }));
    const run = await show(url, '6b5f0f0e');
    engines.close();
    expect(run.lines().at(-1)).toBe('  records    all 3 can be read');
    expect(run.lines()).toContain('  condition  RetryAttemptsExhausted, after 3 invocations');
  });

  it('says why a message is left alone', async () => {
    const url = await makeQueue(sqs, 'show-foreign');
    const { MessageId = '' } = await sendBody(sqs, url, 'hello');
    const { lines } = await show(url, MessageId);
    expect(lines()[0]).toMatch(/^Message \S+ is left alone: .+\.$/);
  });

  it('gives one object of JSON', async () => {
    const url = await makeQueue(sqs, 'show-json');
    await sendLetters(sqs, url, modified);
    await dynamodb.send(new PutItemCommand({ TableName: 'Shop', Item: marshall(newImage) }));
    const { lines } = await show(url, modified.id, '--json', '--current');
    expect(lines()).toHaveLength(1);
    expect(JSON.parse(lines()[0] ?? '')).toMatchObject({
      kind: 'letter',
      letter: modified,
      current: newImage,
    });
  });

  it('refuses an id that fits several, and lists them', async () => {
    const url = await makeQueue(sqs, 'show-several');
    await sendLetters(sqs, url, modified, modified);
    const run = show(url, modified.id.slice(0, 4));
    await expect(run).rejects.toMatchObject({ code: 'REPLAY' });
    const message = await run.then(
      () => '',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
    expect(message.split('\n')).toHaveLength(3);
    expect(message).toContain('fits 2 messages');
    expect(message).not.toContain('ORDER#1');
  });

  it('says that there is none', async () => {
    const url = await makeQueue(sqs, 'show-none');
    await expect(show(url, 'abc')).rejects.toThrow(
      'No message of show-none has an id that begins so, among the 0 messages that can be seen.',
    );
  });
});
