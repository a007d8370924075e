import { inspect } from 'node:util';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, NumberValueImpl as NumberValue } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommitConditionError, CommitRefusedError } from '../../src/errors.ts';
import { commitTransaction } from '../../src/idempotency/dynamodb-commit.ts';
import { marshallWrites } from '../../src/idempotency/marshall-write.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import type { CommitWrite } from '../../src/routing/commit-write.ts';
import { decodeImage } from '../../src/stream/attribute-value.ts';
import { anyItem } from '../stream/arbitrary-items.ts';
import { scriptedClient } from './commit-client.ts';
import { claim, commitTarget, imageOf, over, prepare, putNew, thrownBy } from './commit-target.ts';
import { dynamoDBClient } from './tables.ts';

let stack: LocalStack;
let client: DynamoDBClient;
beforeAll(async () => {
  stack = await startLocalStack();
  client = dynamoDBClient(stack);
});
afterAll(async () => {
  client.destroy();
  await stack.stop();
});

describe('values on their way into a write', () => {
  const marshalled = (item: object): unknown =>
    marshallWrites([{ Put: { TableName: 'Orders', Item: item } }])[0]?.Put?.Item;

  it('Promise 5: any item that a handler was given goes back as it was', () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        expect(decodeImage(marshalled(item))).toEqual(item);
      }),
    );
  });

  it("Promise 5: so do names that the SDK's marshall loses or trips over, and sets of unlike numbers", () => {
    const numbers = { NS: ['1', '12345678901234567890', '0.1234567890123456789012345678'] };
    const json =
      '{"__proto__":{"M":{"__proto__":{"S":"deep"}}},"constructor":{"L":[{"M":{"constructor":{"BOOL":true}}}]}}';
    const image = { ...(JSON.parse(json) as object), numbers };
    Object.defineProperty(image, '__proto__', {
      value: (JSON.parse(json) as Record<string, unknown>)['__proto__'],
      enumerable: true,
    });
    const item = decodeImage(image);
    expect(Object.keys(item)).toContain('__proto__');
    const again = marshalled(item) as object;
    expect(Object.entries(again).toSorted()).toEqual(Object.entries(image).toSorted());
    expect(() => marshall(item)).toThrow();
  });

  it('Promise 5: large numbers, bytes and odd names are in the table as they were given', async () => {
    const { target, orders } = await prepare(client, 'Exact', claim('me'));
    const item = {
      id: 'exact',
      large: 10n ** 37n + 1n,
      long: NumberValue.from('0.12345678901234567890123456789012345678'),
      small: 1e-100,
      bytes: new Uint8Array([0, 128, 255]),
      chunks: new Set([new Uint8Array([1]), new Uint8Array([2, 3])]),
      nested: { list: [1, [null, { constructor: 'text' }]], set: new Set([1, 2n ** 70n]) },
    };
    const key = { ':large': 10n ** 37n };
    await commitTransaction(
      target,
      over('claimed', [
        { Put: { TableName: orders, Item: item } },
        {
          Update: {
            TableName: orders,
            Key: { id: 'updated' },
            UpdateExpression: 'SET amount = :large',
            ExpressionAttributeValues: key,
          },
        },
      ]),
    );
    expect(await imageOf(client, orders, 'exact')).toEqual(item);
    expect(await imageOf(client, orders, 'updated')).toEqual({ id: 'updated', amount: 10n ** 37n });
  });

  it('what is undefined is left out of maps, lists and sets', () => {
    const item = {
      a: undefined,
      map: { b: undefined },
      list: [undefined, 1],
      set: new Set(['c', undefined]),
    };
    expect(marshalled(item)).toEqual({ map: { M: {} }, list: { L: [{ N: '1' }] }, set: { SS: ['c'] } });
  });
});

describe('writes that cannot be sent', () => {
  const circular: unknown[] = [];
  circular.push(circular);
  const item = (value: unknown) => [{ Delete: { TableName: 'Orders', Key: { id: 'fine' } } }, put(value)];
  const put = (value: unknown) => ({ Put: { TableName: 'Orders', Item: { id: 'b', tags: [value] } } });
  const tags = 'write 1 (Put): "tags" of Item';

  const cases: readonly (readonly [string, unknown, string])[] = [
    ['no array', { Put: {} }, 'the writes must be an array'],
    ['100 writes', Array.from({ length: 100 }, () => put(1)), 'write 99 is one too many: there are 100'],
    ['a hole', Array(1), 'write 0 must be an object with exactly one of Put, Update, Delete, ConditionCheck'],
    ['null', [put(1), null], 'write 1 must be an object with exactly one of'],
    ['an empty object', [{}], 'write 0 must be an object with exactly one of'],
    ['two actions', [{ ...put(1), Delete: { TableName: 'Orders', Key: {} } }], 'write 0 must be an object'],
    ['an unknown action', [{ Get: { TableName: 'Orders', Key: {} } }], 'write 0 must be an object'],
    ['a name of every object', [{ toString: { TableName: 'Orders' } }], 'write 0 must be an object'],
    ['an action of null', [{ Put: null }], 'write 0 (Put) must be an object'],
    ['no TableName', [{ Put: { Item: {} } }], 'write 0 (Put) has no TableName'],
    ['an empty TableName', [{ Delete: { TableName: '', Key: {} } }], 'write 0 (Delete) has no TableName'],
    ['no Item', [{ Put: { TableName: 'Orders' } }], 'write 0 (Put) must have Item, a plain object'],
    [
      'a Key that is a list',
      [{ Delete: { TableName: 'Orders', Key: [] } }],
      'write 0 (Delete) must have Key',
    ],
    ['an empty set', item(new Set()), `${tags} holds an empty set`],
    ['a set of unlike things', item(new Set([1, 'S3CRET'])), `${tags} holds a set whose elements`],
    ['a function', item(() => 'S3CRET'), `${tags} holds a function`],
    ['a symbol', item(Symbol('S3CRET')), `${tags} holds a symbol`],
    ['a Date', item(new Date()), `${tags} holds an object that is no plain object`],
    ['a Map', item(new Map([['a', 'S3CRET']])), `${tags} holds an object that is no plain object`],
    ['a whole number that was rounded', item(2 ** 53), `${tags} holds a whole number beyond`],
    ['not a number', item(NaN), `${tags} holds a number that DynamoDB cannot store`],
    ['infinity', item(-Infinity), `${tags} holds a number that DynamoDB cannot store`],
    ['a NumberValue of text', item(NumberValue.from('S3CRET')), `${tags} holds a number that DynamoDB`],
    ['a list that holds itself', item(circular), `${tags} is more than 32 levels`],
    [
      'a function among the values',
      [{ Update: { TableName: 'T', Key: {}, ExpressionAttributeValues: { ':a': () => 'S3CRET' } } }],
      'write 0 (Update): ":a" of ExpressionAttributeValues holds a function',
    ],
  ];

  it.each(cases)('%s is refused before anything is sent, by its place', async (_, writes, told) => {
    const { client: scripted, bodies } = scriptedClient({ status: 200, body: {} });
    const request = over('claimed', writes as readonly CommitWrite[]);
    const error = await thrownBy(commitTransaction(commitTarget(scripted, 'Ledger'), request));
    expect(error).toBeInstanceOf(CommitRefusedError);
    expect((error as Error).message).toContain(told);
    expect(bodies).toEqual([]);
  });

  it('Promise 9: no error of ours has a value in it, nor in its causes', async () => {
    const errors: unknown[] = [];
    for (const [, writes] of cases)
      errors.push(
        await thrownBy(commitTransaction(commitTarget(client, 'Ledger'), over('claimed', writes as never))),
      );
    const { target, orders } = await prepare(client, 'Silent', claim('me'));
    await client.send(
      new PutItemCommand({ TableName: orders, Item: { id: { S: 'there' }, card: { S: 'S3CRET' } } }),
    );
    errors.push(await thrownBy(commitTransaction(target, over('claimed', [putNew(orders, 'there')]))));
    expect(errors.at(-1)).toBeInstanceOf(CommitConditionError);
    for (const error of errors)
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain('S3CRET');
  });
});
