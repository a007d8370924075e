import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Runtime } from '../runtime.ts';
import { commitTransaction } from './dynamodb-commit.ts';
import type { Entry } from './entry.ts';
import type { Answer } from './gather.ts';
import { gather } from './gather.ts';
import { attributesOf, conditionOn, entryOf, keyOf, names } from './ledger-item.ts';
import { notProcessed } from './statement-error.ts';
import type { Statement } from './statements.ts';
import { runStatements, statementsFor } from './statements.ts';
import type { Store, Written } from './store.ts';

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html and its neighbours */
const most = { statements: 25, reads: 100, puts: 25 } as const;

/** A ledger's entries in a DynamoDB table. What is wanted at the same time travels in one request. */
export function dynamoDBStore(
  client: DynamoDBClient,
  tableName: string,
  runtime: Pick<Runtime, 'after'>,
): Store {
  const statements = statementsFor(tableName);
  const execute = gather<Statement, Written>({
    most: most.statements,
    keyOf: ({ key }) => key,
    send: (batch) => runStatements(client, batch),
    runtime,
  });
  const read = gather({
    most: most.reads,
    keyOf: (key: string) => key,
    send: (keys) => readAll(client, tableName, keys),
    runtime,
  });
  const put = gather({
    most: most.puts,
    keyOf: ({ key }: Entry) => key,
    send: (entries) => putAll(client, tableName, entries),
    runtime,
  });

  /** A refusal may be the echo of our own word, whose answer was lost on the way: the owner's token tells. */
  const unlessOurs = async (
    key: string,
    found: Entry | undefined,
    isOurs: (found: Entry) => boolean,
  ): Promise<Written> => {
    const there = found ?? (await read(key));
    return there !== undefined && isOurs(there) ? { kind: 'written' } : { kind: 'refused', found: there };
  };
  const putOver = async (entry: Entry, seen: Entry): Promise<Written> => {
    try {
      await client.send(
        new PutItemCommand({
          TableName: tableName,
          Item: attributesOf(entry),
          ...conditionOn(seen, { isOwnClaim: seen.owner !== undefined && seen.owner === entry.owner }),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { kind: 'written' };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const found = error.Item && entryOf(error.Item);
      return unlessOurs(
        entry.key,
        found,
        ({ owner, status }) => entry.owner !== undefined && owner === entry.owner && status === entry.status,
      );
    }
  };
  /** One each, for such a write tells all that it has seen; but not all at once after a crash, for sockets are few. */
  const replaceOne = gather<readonly [Entry, Entry], Written>({
    most: 1,
    keyOf: ([{ key }]) => key,
    send: (pairs) =>
      Promise.all(pairs.map(async ([entry, seen]) => ({ result: await putOver(entry, seen) }))),
    runtime,
  });

  const attempt = async (statement: Statement, isOurs: (found: Entry) => boolean): Promise<Written> => {
    const answer = await execute(statement);
    return answer.kind === 'written' ? answer : unlessOurs(statement.key, answer.found, isOurs);
  };

  return {
    description: `the DynamoDB table "${tableName}"`,
    read,
    insert: (entry) => attempt(statements.insert(entry), ({ owner }) => owner === entry.owner),
    complete: (claimed) =>
      attempt(
        statements.complete(claimed),
        ({ owner, status }) => owner === claimed.owner && status === 'COMPLETED',
      ),
    renew: (claimed, leaseEndsAtMs) =>
      attempt(
        statements.renew(claimed, leaseEndsAtMs),
        ({ owner, status }) => owner === claimed.owner && status === 'INPROGRESS',
      ),
    remove: (claimed) => attempt(statements.remove(claimed), () => false),
    replace: (entry, seen) => replaceOne([entry, seen]),
    async put(entries) {
      await Promise.all(entries.map(put));
    },
    commit: (writes, entry, over, nowMs) =>
      commitTransaction({ client, tableName }, { writes, entry, over, nowMs }),
  };
}

async function readAll(
  client: DynamoDBClient,
  table: string,
  keys: readonly string[],
): Promise<readonly Answer<Entry | undefined>[]> {
  const { Responses, UnprocessedKeys } = await client.send(
    new BatchGetItemCommand({ RequestItems: { [table]: { Keys: keys.map(keyOf), ConsistentRead: true } } }),
  );
  const found = new Map(
    Object.values(Responses ?? {}).flatMap((items) => items.map((item) => [keyIn(item), item])),
  );
  const left = new Set(Object.values(UnprocessedKeys ?? {}).flatMap(({ Keys = [] }) => Keys.map(keyIn)));
  return keys.map((key) => {
    const item = found.get(key);
    if (item !== undefined) return { result: entryOf(item) };
    return left.has(key) ? { error: notProcessed() } : { result: undefined };
  });
}

async function putAll(
  client: DynamoDBClient,
  table: string,
  entries: readonly Entry[],
): Promise<readonly Answer<undefined>[]> {
  const { UnprocessedItems } = await client.send(
    new BatchWriteItemCommand({
      RequestItems: { [table]: entries.map((entry) => ({ PutRequest: { Item: attributesOf(entry) } })) },
    }),
  );
  const left = new Set(
    Object.values(UnprocessedItems ?? {}).flatMap((requests) =>
      requests.map(({ PutRequest }) => keyIn(PutRequest?.Item)),
    ),
  );
  return entries.map(({ key }) => (left.has(key) ? { error: notProcessed() } : { result: undefined }));
}

const keyIn = (item: Readonly<Record<string, AttributeValue>> | undefined): string =>
  item?.[names.key]?.S ?? '';
