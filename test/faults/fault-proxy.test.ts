import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { dynamoDBClient, itemsOf, makeTable } from '../idempotency/tables.ts';
import type { Fault, ProxiedRequest } from './fault.ts';
import type { FaultProxy } from './fault-proxy.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { proxiedClient } from './proxied-client.ts';

let stack: LocalStack;
let direct: DynamoDBClient;
let proxy: FaultProxy;
let client: DynamoDBClient;
let table: string;
let tables = 0;
beforeAll(async () => {
  stack = await startLocalStack();
  direct = dynamoDBClient(stack);
});
beforeEach(async () => {
  tables += 1;
  table = await makeTable(direct, `Proxied${tables}`, ['id']);
  proxy = await startFaultProxy({ target: stack.endpoints.dynamodb });
  client = proxiedClient(stack, proxy);
});
afterEach(async () => {
  client.destroy();
  await proxy.stop();
});
afterAll(async () => {
  direct.destroy();
  await stack.stop();
});

const put = (id: string) => client.send(new PutItemCommand({ TableName: table, Item: { id: { S: id } } }));
const get = (id: string) => client.send(new GetItemCommand({ TableName: table, Key: { id: { S: id } } }));
const ids = async () => (await itemsOf(direct, table)).map(({ id }) => id?.S).toSorted();
/** The fault for the first request that comes, and none for the others. */
const first = (fault: Fault) => (request: ProxiedRequest) => (request.number === 1 ? fault : undefined);
const thrown = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'nothing',
    (error: unknown) => error,
  );
const insert = (id: string) => ({ Statement: `INSERT INTO "${table}" VALUE {'id': '${id}'}` });

describe('the fault proxy', () => {
  it('passes on what it has no plan for, tells the plan what came, and counts it', async () => {
    const seen: ProxiedRequest[] = [];
    proxy.setPlan((request) => void seen.push(request));
    await put('a');
    expect((await get('a')).Item).toEqual({ id: { S: 'a' } });
    await thrown(get(''));
    expect(proxy.requests()).toEqual({ PutItem: 1, GetItem: 2 });
    expect(proxy.faults()).toEqual({});
    expect(seen.map(({ number, operation, body }) => [number, operation, body['TableName']])).toEqual([
      [1, 'PutItem', table],
      [2, 'GetItem', table],
      [3, 'GetItem', table],
    ]);
  });

  it('delays', async () => {
    proxy.setPlan(first({ kind: 'delay', delayMs: 60 }));
    const startedAt = performance.now();
    await put('a');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(55);
    expect(await ids()).toEqual(['a']);
  });

  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException'] as const)(
    'refuses with %s, and the engine never hears of it',
    async (error) => {
      proxy.setPlan(first({ kind: 'throttle', error }));
      expect(await thrown(put('a'))).toMatchObject({
        name: error,
        $fault: 'client',
        $metadata: { httpStatusCode: 400 },
      });
      expect(await ids()).toEqual([]);
      expect(proxy.faults()).toEqual({ throttle: 1 });
    },
  );

  it('answers 500, and the engine never hears of it', async () => {
    proxy.setPlan(first({ kind: 'server-error' }));
    expect(await thrown(put('a'))).toMatchObject({
      name: 'InternalServerError',
      $fault: 'server',
      $metadata: { httpStatusCode: 500 },
    });
    expect(await ids()).toEqual([]);
  });

  it('throttles single statements in their places', async () => {
    proxy.setPlan(first({ kind: 'throttle-statements', at: [0, 2] }));
    const Statements = ['a', 'b', 'c', 'd'].map(insert);
    const { Responses = [] } = await client.send(new BatchExecuteStatementCommand({ Statements }));
    const code = 'ProvisionedThroughputExceeded';
    expect(Responses.map(({ Error }) => Error?.Code)).toEqual([code, undefined, code, undefined]);
    expect(await ids()).toEqual(['b', 'd']);

    const again = await client.send(new BatchExecuteStatementCommand({ Statements }));
    const codes = again.Responses?.map(({ Error }) => Error?.Code);
    expect(codes).toEqual([undefined, 'DuplicateItem', undefined, 'DuplicateItem']);
    expect(await ids()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('throttles all statements of a batch', async () => {
    proxy.setPlan(first({ kind: 'throttle-statements', at: [0, 1] }));
    const Statements = ['a', 'b'].map(insert);
    const { Responses = [] } = await client.send(new BatchExecuteStatementCommand({ Statements }));
    expect(Responses.map(({ Error }) => Error?.Code)).toEqual(
      Array.from({ length: 2 }, () => 'ProvisionedThroughputExceeded'),
    );
    expect(await ids()).toEqual([]);
  });

  it('hands back the items of a batch that it did not write', async () => {
    proxy.setPlan(first({ kind: 'unprocessed', keep: 2 }));
    const puts = ['a', 'b', 'c'].map((id) => ({ PutRequest: { Item: { id: { S: id } } } }));
    const { UnprocessedItems } = await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: puts } }),
    );
    expect(UnprocessedItems).toEqual({ [table]: puts.slice(2) });
    expect(await ids()).toEqual(['a', 'b']);
  });

  it('hands back the keys of a batch that it did not read, with how they were to be read', async () => {
    await Promise.all(['a', 'b', 'c'].map(put));
    proxy.setPlan(() => ({ kind: 'unprocessed', keep: 1 }));
    const Keys = ['a', 'b', 'c'].map((id) => ({ id: { S: id } }));
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } }),
    );
    expect(Responses).toEqual({ [table]: [{ id: { S: 'a' } }] });
    expect(UnprocessedKeys).toEqual({ [table]: { Keys: Keys.slice(1), ConsistentRead: true } });
  });

  it('refuses a batch of which it hands back everything, as DynamoDB does', async () => {
    proxy.setPlan(first({ kind: 'unprocessed', keep: 0 }));
    const RequestItems = { [table]: [{ PutRequest: { Item: { id: { S: 'a' } } } }] };
    expect(await thrown(client.send(new BatchWriteItemCommand({ RequestItems })))).toMatchObject({
      name: 'ProvisionedThroughputExceededException',
    });
    expect(await ids()).toEqual([]);
  });

  it('leaves alone a request that the fault is not for', async () => {
    proxy.setPlan(({ number }) =>
      number === 1 ? { kind: 'unprocessed', keep: 0 } : { kind: 'throttle-statements', at: [0] },
    );
    await put('a');
    await put('b');
    expect(await ids()).toEqual(['a', 'b']);
    expect(proxy.faults()).toEqual({});
  });

  it('hangs until the client gives up, and the engine never hears of it', async () => {
    proxy.setPlan(first({ kind: 'hang' }));
    expect(await thrown(put('a'))).toMatchObject({ name: 'TimeoutError' });
    expect(await ids()).toEqual([]);
    await put('b');
    expect(await ids()).toEqual(['b']);
  });

  it('breaks the connection before the engine hears of it', async () => {
    proxy.setPlan(first({ kind: 'reset-before' }));
    expect(await thrown(put('a'))).toMatchObject({ code: 'ECONNRESET' });
    expect(await ids()).toEqual([]);
  });

  it('breaks the connection in the middle of the answer, when the engine has done it', async () => {
    await put('a');
    proxy.setPlan(() => ({ kind: 'reset-after' }));
    expect(await thrown(get('a'))).toMatchObject({ code: 'ECONNRESET' });
    expect(await thrown(put('b'))).toBeInstanceOf(Error);
    expect(await ids()).toEqual(['a', 'b']);
  });

  it('is got over by a client that tries again', async () => {
    const faults: readonly Fault[] = [{ kind: 'reset-after' }, { kind: 'hang' }, { kind: 'server-error' }];
    const patient = proxiedClient(stack, proxy, 4);
    proxy.setPlan(({ number }) => faults[number - 1]);
    await patient.send(new PutItemCommand({ TableName: table, Item: { id: { S: 'a' } } }));
    patient.destroy();
    expect(proxy.requests()).toEqual({ PutItem: 4 });
    expect(proxy.faults()).toEqual({ 'reset-after': 1, hang: 1, 'server-error': 1 });
  });

  it('ends with requests that hang, and may be ended twice', async () => {
    proxy.setPlan(() => ({ kind: 'hang' }));
    const hanging = thrown(put('a'));
    await expect.poll(() => proxy.faults()).toEqual({ hang: 1 });
    await Promise.all([proxy.stop(), proxy.stop()]);
    expect(await hanging).toBeInstanceOf(Error);
  });
});
