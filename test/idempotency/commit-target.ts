import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { CommitRequest, CommitTarget } from '../../src/idempotency/dynamodb-commit.ts';
import type { Entry } from '../../src/idempotency/entry.ts';
import { attributesOf } from '../../src/idempotency/ledger-item.ts';
import type { CommitWrite } from '../../src/routing/commit-write.ts';
import type { Image } from '../../src/stream/attribute-value.ts';
import { decodeImage } from '../../src/stream/attribute-value.ts';
import { makeTable } from './tables.ts';

const nowMs = Date.UTC(2026, 0, 1);
export const nowSeconds = nowMs / 1_000;
const inTwoDays = nowSeconds + 172_800;

export const claim = (owner: string, key = 'work'): Entry => ({
  key,
  status: 'INPROGRESS',
  owner,
  leaseEndsAtMs: nowMs + 30_000,
  expiresAtSeconds: inTwoDays,
});

export const completion = (owner: string | undefined, key = 'work'): Entry => ({
  key,
  status: 'COMPLETED',
  owner,
  expiresAtSeconds: inTwoDays,
});

/** A commit of ours, if no entry says otherwise. */
export const over = (
  kind: CommitRequest['over'],
  writes: readonly CommitWrite[],
  entry = completion('me'),
): CommitRequest => ({ writes, entry, over: kind, nowMs });

export const commitTarget = (client: DynamoDBClient, tableName: string): CommitTarget => ({
  client,
  tableName,
});

export interface Place {
  readonly target: CommitTarget;
  /** A table of the user's, with the key `id`. */
  readonly orders: string;
}

/** A ledger with these entries in it, and a table of the user's. */
export async function prepare(
  client: DynamoDBClient,
  name: string,
  ...entries: readonly Entry[]
): Promise<Place> {
  const target = commitTarget(client, await makeTable(client, `${name}-Ledger`, ['id']));
  for (const entry of entries)
    await client.send(new PutItemCommand({ TableName: target.tableName, Item: attributesOf(entry) }));
  return { target, orders: await makeTable(client, `${name}-Orders`, ['id']) };
}

export async function imageOf(client: DynamoDBClient, table: string, id: string): Promise<Image | undefined> {
  const { Item } = await client.send(
    new GetItemCommand({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true }),
  );
  return Item && decodeImage(Item);
}

/** A write that shows how often it was carried out. */
export const increment = (TableName: string, id: string): CommitWrite => ({
  Update: {
    TableName,
    Key: { id },
    UpdateExpression: 'ADD #count :one',
    ExpressionAttributeNames: { '#count': 'count' },
    ExpressionAttributeValues: { ':one': 1 },
  },
});

/** A write that can be carried out once only, and then tells what is there. */
export const putNew = (TableName: string, id: string): CommitWrite => ({
  Put: {
    TableName,
    Item: { id },
    ConditionExpression: 'attribute_not_exists(id)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
});

export const thrownBy = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.unreachable('it was to throw'),
    (error: unknown) => error,
  );
