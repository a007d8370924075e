import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import { createFreshnessJudge } from '../../../src/replay/freshness/judge-freshness.ts';
import type { RawRecord } from '../../../src/stream/record.ts';
import type { RecordOverrides } from '../../../src/testing/index.ts';
import { insertRecord, modifyRecord, removeRecord } from '../../../src/testing/index.ts';
import { instantRuntime } from '../../instant-runtime.ts';
import { dynamoDBClient, makeTable } from '../../idempotency/tables.ts';

let stack: LocalStack;
let client: DynamoDBClient;

beforeAll(async () => {
  stack = await startLocalStack();
  client = dynamoDBClient(stack);
  await makeTable(client, 'Shop', ['id']);
});
afterAll(async () => {
  client.destroy();
  await stack.stop();
});

type Item = Readonly<Record<string, unknown>> & { readonly id: string };

const put = (item: Item) => client.send(new PutItemCommand({ TableName: 'Shop', Item: marshall(item) }));
const remove = (id: string) =>
  client.send(new DeleteItemCommand({ TableName: 'Shop', Key: { id: { S: id } } }));
const modified = (oldImage: Item, newImage: Item, overrides?: RecordOverrides) =>
  modifyRecord({ oldImage, newImage }, overrides);

async function judge(records: readonly RawRecord[], versionAttribute?: string): Promise<readonly string[]> {
  const judgeFreshness = createFreshnessJudge({ client, versionAttributeOf: () => versionAttribute });
  const [verdicts = []] = await judgeFreshness([records]);
  return verdicts.map(({ kind }) => kind);
}

describe('the freshness of letters, by their images', () => {
  it('is that of an item that is still as the change left it, whatever is in it', async () => {
    const item = {
      id: 'all',
      bytes: new Uint8Array([0, 255]),
      number: 12_345_678_901_234_567_890n,
      fraction: 1.5,
      names: new Set(['b', 'a']),
      parts: new Set([new Uint8Array([2]), new Uint8Array([1])]),
      nested: { list: [1, null, true, { deep: '' }] },
    };
    await put({ ...item, names: new Set(['a', 'b']) });
    expect(await judge([insertRecord(item)])).toEqual(['fresh']);
    expect(await judge([insertRecord({ ...item, fraction: 2 })])).toEqual(['stale']);
    expect(await judge([insertRecord({ ...item, more: 1 })])).toEqual(['stale']);
  });

  it('of a removal is that there is no item', async () => {
    await put({ id: 'again' });
    expect(await judge([removeRecord({ id: 'never' })])).toEqual(['fresh']);
    expect(await judge([removeRecord({ id: 'again' })])).toEqual(['stale']);
    expect(await judge([insertRecord({ id: 'never' })])).toEqual(['stale']);
  });

  it('reaches back over letters that join without a gap', async () => {
    await put({ id: 'chain', n: 3 });
    const [one, two, three] = [1, 2, 3].map((n) => ({ id: 'chain', n }) as const);
    if (!one || !two || !three) throw new Error('no items');
    const whole = [insertRecord(one), modified(one, two), modified(two, three)];
    expect(await judge(whole)).toEqual(['fresh', 'fresh', 'fresh']);
    // Two letters of one change, of different routes.
    expect(await judge([...whole.slice(0, 2), ...whole.slice(1)])).toEqual(Array(4).fill('fresh'));
    expect(await judge([insertRecord(one), modified(two, three)])).toEqual(['stale', 'fresh']);
    expect(await judge(whole.slice(0, 2))).toEqual(['stale', 'stale']);
  });

  it('reaches back over a removal', async () => {
    await put({ id: 'reborn', n: 2 });
    const old = { id: 'reborn', n: 1 };
    const now = { id: 'reborn', n: 2 };
    expect(await judge([insertRecord(old), removeRecord(old), insertRecord(now)])).toEqual(
      Array(3).fill('fresh'),
    );
    await remove('reborn');
    expect(await judge([insertRecord(old), removeRecord(old)])).toEqual(['fresh', 'fresh']);
  });

  it('is unknown without an image, but of a removal', async () => {
    await put({ id: 'keys' });
    expect(await judge([insertRecord({ id: 'keys' }, { view: 'KEYS_ONLY' })])).toEqual(['unknown']);
    expect(await judge([removeRecord({ id: 'none' }, { view: 'KEYS_ONLY' })])).toEqual(['fresh']);
    const blind = { view: 'NEW_IMAGE' } as const;
    const item = { id: 'keys' };
    expect(await judge([insertRecord(item, blind), modified(item, item, blind)])).toEqual([
      'unknown',
      'fresh',
    ]);
  });

  it('is unknown, with the reason, if the table cannot be read', async () => {
    const judgeFreshness = createFreshnessJudge({ client, versionAttributeOf: () => undefined });
    const [[verdict] = []] = await judgeFreshness([[insertRecord({ id: 'a' }, { table: 'Gone' })]]);
    expect(verdict).toMatchObject({
      kind: 'unknown',
      why: expect.stringContaining('"Gone" could not be read') as string,
    });
  });
});

describe('the freshness of letters, by a version attribute', () => {
  it('asks for that attribute alone, and compares nothing else', async () => {
    await put({ id: 'versioned', version: 3, name: 'other than in the letter' });
    const [two, three] = [2, 3].map((version) => ({ id: 'versioned', version, name: 'x' }) as const);
    if (!two || !three) throw new Error('no items');
    expect(await judge([insertRecord(two), modified(two, three)], 'version')).toEqual(['fresh', 'fresh']);
    expect(await judge([insertRecord(two)], 'version')).toEqual(['stale']);
    expect(await judge([insertRecord({ id: 'versioned' })], 'no-such')).toEqual(['unknown']);
  });
});

describe('the items that are read for it', () => {
  it('are asked for by the hundred, and again if the table gives only some', async () => {
    await Promise.all(Array.from({ length: 230 }, (_, index) => put({ id: `many-${index}`, index })));
    const asked: number[] = [];
    const stingy = {
      send: async (command: BatchGetItemCommand) => {
        const { Shop } = command.input.RequestItems ?? {};
        const keys = Shop?.Keys ?? [];
        asked.push(keys.length);
        // Nothing, at first; then half of what was asked for.
        const given = asked.length === 1 ? [] : keys.slice(0, Math.ceil(keys.length / 2));
        const rest = keys.slice(given.length);
        const some = { ...Shop, Keys: given };
        const answer =
          given.length === 0
            ? {}
            : await client.send(new BatchGetItemCommand({ RequestItems: { Shop: some } }));
        return { ...answer, UnprocessedKeys: rest.length === 0 ? {} : { Shop: { ...Shop, Keys: rest } } };
      },
    } as unknown as DynamoDBClient;
    const judgeFreshness = createFreshnessJudge({
      client: stingy,
      versionAttributeOf: () => undefined,
      runtime: instantRuntime(),
    });
    const records = Array.from({ length: 230 }, (_, index) => [insertRecord({ id: `many-${index}`, index })]);
    const verdicts = await judgeFreshness([...records, ...records.slice(0, 5)]);
    expect(verdicts).toHaveLength(235);
    expect(new Set(verdicts.flat().map(({ kind }) => kind))).toEqual(new Set(['fresh']));
    expect(Math.max(...asked)).toBe(100);
  });
});

describe('an odd letter', () => {
  const judgeAll = async (records: readonly RawRecord[]) => {
    const judgeFreshness = createFreshnessJudge({ client, versionAttributeOf: () => undefined });
    return (await judgeFreshness(records.map((record) => [record]))).map(([verdict]) => verdict);
  };
  const withKeys = (record: RawRecord, keys: string): RawRecord => ({
    ...record,
    dynamodb: { ...record.dynamodb, Keys: JSON.parse(keys) as Record<string, never> },
  });

  it.each([
    ['has a key of another table', '{"foo":{"S":"x"}}'],
    ['has more than a key', '{"id":{"S":"x"},"more":{"S":"x"}}'],
    ['has a key of another type', '{"id":{"N":"1"}}'],
    ['has "__proto__" for a key', '{"__proto__":{"S":"x"}}'],
    ['has a value that is none', '{"id":null}'],
    ['has bytes that are none', '{"id":{"B":1}}'],
  ])('that %s is itself unknown, and keeps no other from being judged', async (_, keys) => {
    const good = Array.from({ length: 12 }, (_each, index) => ({ id: `beside-${index}` }));
    await Promise.all(good.map(put));
    const records = good.map((item) => insertRecord(item));
    const odd = withKeys(insertRecord({ id: 'x' }), keys);
    const verdicts = await judgeAll([...records.slice(0, 5), odd, ...records.slice(5)]);
    expect(verdicts[5]).toEqual({ kind: 'unknown', why: 'its key is not one of the table "Shop"' });
    expect(verdicts.filter((verdict) => verdict?.kind === 'fresh')).toHaveLength(12);
  });

  it('that writes the number of its key in another way is one of its item', async () => {
    await client.send(
      new CreateTableCommand({
        TableName: 'Numbered',
        KeySchema: [{ AttributeName: 'n', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'n', AttributeType: 'N' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await client.send(new PutItemCommand({ TableName: 'Numbered', Item: { n: { N: '1' } } }));
    const record = insertRecord({ n: 1 }, { table: 'Numbered', keys: ['n'] });
    const other = insertRecord({ n: 2 }, { table: 'Numbered', keys: ['n'] });
    const odd = withKeys(record, '{"n":{"N":"1.0"}}');
    expect((await judgeAll([record, odd])).map((verdict) => verdict?.kind)).toEqual(['fresh', 'fresh']);
    expect((await judgeAll([other, odd])).map((verdict) => verdict?.kind)).toEqual(['stale', 'fresh']);
  });
});
