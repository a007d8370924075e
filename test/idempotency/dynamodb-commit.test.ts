import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrokenPromiseError, CommitConditionError, SpillwayError } from '../../src/errors.ts';
import { commitTransaction } from '../../src/idempotency/dynamodb-commit.ts';
import { attributesOf } from '../../src/idempotency/ledger-item.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { verdictOn } from '../../src/processing/verdict.ts';
import type { CommitWrite } from '../../src/routing/commit-write.ts';
import { decodeImage } from '../../src/stream/attribute-value.ts';
import { loseAnswers } from './commit-client.ts';
import {
  claim,
  completion,
  imageOf,
  increment,
  nowSeconds,
  over,
  prepare,
  putNew,
  thrownBy,
} from './commit-target.ts';
import { dynamoDBClient, itemsOf } from './tables.ts';

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

describe('a commit over a claim of our own', () => {
  it('Promise 4: carries out a put, an update, a delete and a check, and completes the entry with them', async () => {
    const { target, orders } = await prepare(client, 'All', claim('me'));
    for (const id of ['old', 'there'])
      await client.send(new PutItemCommand({ TableName: orders, Item: { id: { S: id } } }));
    const written = await commitTransaction(
      target,
      over('claimed', [
        { Put: { TableName: orders, Item: { id: 'new', tags: new Set(['a']), gone: undefined } } },
        increment(orders, 'counter'),
        { Delete: { TableName: orders, Key: { id: 'old' } } },
        {
          ConditionCheck: {
            TableName: orders,
            Key: { id: 'there' },
            ConditionExpression: 'attribute_exists(id)',
          },
        },
      ]),
    );
    expect(written).toEqual({ kind: 'written' });
    const images = new Map((await itemsOf(client, orders)).map((item) => [item['id']?.S, decodeImage(item)]));
    expect(images).toEqual(
      new Map<string, object>([
        ['counter', { id: 'counter', count: 1 }],
        ['new', { id: 'new', tags: new Set(['a']) }],
        ['there', { id: 'there' }],
      ]),
    );
    expect(await itemsOf(client, target.tableName)).toEqual([attributesOf(completion('me'))]);
  });

  it('completes the entry alone if there are no writes', async () => {
    const { target } = await prepare(client, 'Alone', claim('me'));
    expect(await commitTransaction(target, over('claimed', []))).toEqual({ kind: 'written' });
    expect(await itemsOf(client, target.tableName)).toEqual([attributesOf(completion('me'))]);
  });

  it("Promise 4: writes nothing if the claim is somebody else's by now, and tells whose", async () => {
    const { target, orders } = await prepare(client, 'Taken', claim('another'));
    expect(await commitTransaction(target, over('claimed', [increment(orders, 'counter')]))).toMatchObject({
      kind: 'refused',
      found: { key: 'work', status: 'INPROGRESS', owner: 'another' },
    });
    expect(await itemsOf(client, orders)).toEqual([]);
    expect(await itemsOf(client, target.tableName)).toEqual([attributesOf(claim('another'))]);
  });

  it('Promise 4: writes nothing if another run has completed the work', async () => {
    const { target, orders } = await prepare(client, 'Done', completion('another'));
    expect(await commitTransaction(target, over('claimed', [increment(orders, 'counter')]))).toMatchObject({
      kind: 'refused',
      found: { status: 'COMPLETED', owner: 'another' },
    });
    expect(await itemsOf(client, orders)).toEqual([]);
  });

  it('Promise 4: is not taken for done if we have settled the work as a dead letter', async () => {
    const { target, orders } = await prepare(client, 'Letter', {
      ...completion('me'),
      data: 'dead-lettered',
    });
    expect(await commitTransaction(target, over('claimed', [increment(orders, 'counter')]))).toMatchObject({
      kind: 'refused',
      found: { status: 'COMPLETED', owner: 'me', data: 'dead-lettered' },
    });
    expect(await itemsOf(client, orders)).toEqual([]);
  });

  it('Promise 4: writes nothing if the claim is gone', async () => {
    const { target, orders } = await prepare(client, 'Gone');
    expect(await commitTransaction(target, over('claimed', [increment(orders, 'counter')]))).toEqual({
      kind: 'refused',
      found: undefined,
    });
    expect(await itemsOf(client, orders)).toEqual([]);
  });

  it('is a bug of ours if it does not say whose claim it is', async () => {
    const { target } = await prepare(client, 'Nobody', claim('me'));
    const error = await thrownBy(commitTransaction(target, over('claimed', [], completion(undefined))));
    expect(error).toBeInstanceOf(BrokenPromiseError);
  });
});

describe('a commit without a claim', () => {
  it.each([
    ['there is no entry', undefined],
    ['the entry expires this second', { ...completion('another'), expiresAtSeconds: nowSeconds }],
    ['the claim of another expired', { ...claim('another'), expiresAtSeconds: nowSeconds - 1 }],
  ] as const)('writes if %s', async (name, before) => {
    const entries = before === undefined ? [] : [before];
    const { target, orders } = await prepare(client, name.replaceAll(' ', '-'), ...entries);
    const request = over('unclaimed', [increment(orders, 'counter')]);
    expect(await commitTransaction(target, request)).toEqual({ kind: 'written' });
    expect(await imageOf(client, orders, 'counter')).toEqual({ id: 'counter', count: 1 });
    expect(await itemsOf(client, target.tableName)).toEqual([attributesOf(completion('me'))]);
  });

  it.each([
    ['claimed', claim('another')],
    ['completed', completion('another')],
    ['completed-by-nobody-named', completion(undefined)],
    ['to-expire-in-a-second', { ...completion('another'), expiresAtSeconds: nowSeconds + 1 }],
  ] as const)('Promise 4: writes nothing if the work is %s', async (name, before) => {
    const { target, orders } = await prepare(client, `Unclaimed-${name}`, before);
    const request = over('unclaimed', [increment(orders, 'counter')]);
    expect(await commitTransaction(target, request)).toMatchObject({
      kind: 'refused',
      found: { status: before.status, owner: before.owner },
    });
    expect(await itemsOf(client, orders)).toEqual([]);
  });

  it('Promise 4: two of nobody are not one and the same', async () => {
    const { target, orders } = await prepare(client, 'NoOwners', completion(undefined));
    const request = over('unclaimed', [increment(orders, 'counter')], completion(undefined));
    expect(await commitTransaction(target, request)).toMatchObject({ kind: 'refused' });
    expect(await itemsOf(client, orders)).toEqual([]);
  });
});

describe('a commit whose answer is lost', () => {
  const losing = (times: number) => {
    const lossy = dynamoDBClient(stack);
    return { client: lossy, lost: loseAnswers(lossy, times) };
  };

  it.each(['claimed', 'unclaimed'] as const)(
    'Promise 4: has its effects once when it is called again (%s), though its own conditions fail by then',
    async (kind) => {
      const { target, orders } = await prepare(
        client,
        `Lost-${kind}`,
        ...(kind === 'claimed' ? [claim('me')] : []),
      );
      const request = over(kind, [putNew(orders, 'order'), increment(orders, 'counter')]);
      const lossy = { ...target, ...losing(Infinity) };
      expect(await thrownBy(commitTransaction(lossy, request))).toMatchObject({ code: 'ECONNRESET' });
      expect(await imageOf(client, orders, 'counter')).toEqual({ id: 'counter', count: 1 });
      expect(lossy.lost()).toBeGreaterThan(1);
      expect(await commitTransaction(target, request)).toEqual({ kind: 'written' });
      expect(await imageOf(client, orders, 'counter')).toEqual({ id: 'counter', count: 1 });
      lossy.client.destroy();
    },
  );

  it('Promise 4: has its effects once when the SDK itself tries again', async () => {
    const { target, orders } = await prepare(client, 'SdkTries', claim('me'));
    const lossy = { ...target, ...losing(1) };
    const request = over('claimed', [increment(orders, 'counter')]);
    expect(await commitTransaction(lossy, request)).toEqual({ kind: 'written' });
    expect(lossy.lost()).toBe(1);
    expect(await imageOf(client, orders, 'counter')).toEqual({ id: 'counter', count: 1 });
    lossy.client.destroy();
  });
});

describe("a condition of the user's that does not hold", () => {
  it('Promise 4: leaves nothing written and the claim as it was, and tells which it is', async () => {
    const { target, orders } = await prepare(client, 'Condition', claim('me'));
    const stored = { id: 'there', total: 10n ** 30n, bytes: new Uint8Array([0, 255]) };
    await client.send(new PutItemCommand({ TableName: orders, Item: marshall(stored) }));
    const check: CommitWrite = {
      ConditionCheck: {
        TableName: orders,
        Key: { id: 'missing' },
        ConditionExpression: 'attribute_exists(id)',
      },
    };
    const request = over('claimed', [increment(orders, 'counter'), putNew(orders, 'there'), check]);
    const error = await thrownBy(commitTransaction(target, request));
    expect(error).toBeInstanceOf(CommitConditionError);
    const { failures, message } = error as CommitConditionError;
    expect(failures).toEqual([
      { index: 1, tableName: orders, item: stored },
      { index: 2, tableName: orders },
    ]);
    expect(message).toContain(`write 1 (table "${orders}"), write 2 (table "${orders}")`);
    expect((await itemsOf(client, orders)).map(decodeImage)).toEqual([stored]);
    expect(await itemsOf(client, target.tableName)).toEqual([attributesOf(claim('me'))]);
  });

  it('says nothing of it if the claim is lost as well', async () => {
    const { target, orders } = await prepare(client, 'Both', claim('another'));
    await client.send(new PutItemCommand({ TableName: orders, Item: { id: { S: 'there' } } }));
    const request = over('claimed', [putNew(orders, 'there')]);
    expect(await commitTransaction(target, request)).toMatchObject({
      kind: 'refused',
      found: { owner: 'another' },
    });
  });
});

describe('many at a time', () => {
  it('Promise 4: of two runs of one piece of work, exactly one has its effects, and none is lost', async () => {
    const { target, orders } = await prepare(client, 'Race');
    const rounds = Array.from({ length: 40 }, (_, index) => `work-${index}`);
    const outcomes = await Promise.all(
      rounds.map(async (key) => {
        const runs = ['one', 'other'].map((owner) =>
          untilDone(() =>
            commitTransaction(
              target,
              over('unclaimed', [increment(orders, 'counter')], completion(owner, key)),
            ),
          ),
        );
        return (await Promise.all(runs)).map(({ kind }) => kind).toSorted();
      }),
    );
    expect(outcomes).toEqual(rounds.map(() => ['refused', 'written']));
    expect(await imageOf(client, orders, 'counter')).toEqual({ id: 'counter', count: rounds.length });
    expect(await itemsOf(client, target.tableName)).toHaveLength(rounds.length);
  });

  /** As a handler's attempts do: what is transient is tried again. */
  async function untilDone<Result>(run: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await run();
      } catch (error) {
        if (verdictOn(error, undefined) !== 'transient') throw error;
      }
    }
  }

  it('takes 99 writes', async () => {
    const { target, orders } = await prepare(client, 'Most', claim('me'));
    const writes = Array.from({ length: 99 }, (_, index) => increment(orders, `counter-${index}`));
    expect(await commitTransaction(target, over('claimed', writes))).toEqual({ kind: 'written' });
    expect(await itemsOf(client, orders)).toHaveLength(99);
  });

  it('hands on what DynamoDB says of more than 4 MB, with nothing written', async () => {
    const { target, orders } = await prepare(client, 'Large', claim('me'));
    const writes = Array.from({ length: 12 }, (_, index) => ({
      Put: { TableName: orders, Item: { id: String(index), text: 'x'.repeat(390_000) } },
    }));
    const error = await thrownBy(commitTransaction(target, over('claimed', writes)));
    expect(error).toMatchObject({ name: 'ValidationException' });
    expect(error).not.toBeInstanceOf(SpillwayError);
    expect(await itemsOf(client, orders)).toEqual([]);
  });

  it('hands on what DynamoDB says of two writes on one item', async () => {
    const { target, orders } = await prepare(client, 'Twice', claim('me'));
    const request = over('claimed', [increment(orders, 'counter'), increment(orders, 'counter')]);
    expect(await thrownBy(commitTransaction(target, request))).toMatchObject({
      name: 'ValidationException',
    });
    expect(await itemsOf(client, orders)).toEqual([]);
  });
});
