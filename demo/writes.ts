import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { tables } from './resources.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/** One request to DynamoDB, and the items that it changes. */
export interface Write {
  /** Primary keys as text: `ORDER#o-1 SUMMARY`. */
  readonly changes: readonly string[];
  readonly send: (dynamodb: DynamoDBClient) => Promise<unknown>;
}

type Key = Readonly<Record<string, { readonly S?: string | undefined }>>;

export const textOf = (item: Key = {}): string => `${item['pk']?.S ?? ''} ${item['sk']?.S ?? ''}`;

const TableName = tables.shop;

export const put = (item: Item): Write => ({
  changes: [textOf(item)],
  send: (dynamodb) => dynamodb.send(new PutItemCommand({ TableName, Item: item })),
});

export const putAll = (items: readonly Item[]): Write => ({
  changes: items.map(textOf),
  send: (dynamodb) =>
    dynamodb.send(
      new TransactWriteItemsCommand({
        TransactItems: items.map((item) => ({ Put: { TableName, Item: item } })),
      }),
    ),
});

/** Puts one item and deletes another, both or neither. */
export const replace = (item: Item, deleted: Item): Write => ({
  changes: [textOf(item), textOf(deleted)],
  send: (dynamodb) =>
    dynamodb.send(
      new TransactWriteItemsCommand({
        TransactItems: [{ Put: { TableName, Item: item } }, { Delete: { TableName, Key: keyOf(deleted) } }],
      }),
    ),
});

export const setStatus = (item: Item, status: string): Write => ({
  changes: [textOf(item)],
  send: (dynamodb) =>
    dynamodb.send(
      new UpdateItemCommand({
        TableName,
        Key: keyOf(item),
        UpdateExpression: 'SET #status = :status',
        ExpressionAttributeNames: { '#status': 'status' },
        ExpressionAttributeValues: { ':status': { S: status } },
      }),
    ),
});

export const remove = (item: Item): Write => ({
  changes: [textOf(item)],
  send: (dynamodb) => dynamodb.send(new DeleteItemCommand({ TableName, Key: keyOf(item) })),
});

const keyOf = ({ pk, sk }: Item): Item => ({ ...(pk && { pk }), ...(sk && { sk }) });

/** Sends the lists side by side, so many at a time, and each in its order. */
export async function sendAll(
  dynamodb: DynamoDBClient,
  lists: readonly (readonly Write[])[],
  { atOnce, onSent }: { readonly atOnce: number; readonly onSent: (write: Write) => void },
): Promise<void> {
  // All workers draw from one iterator.
  const waiting = lists.values();
  const work = async () => {
    for (const list of waiting)
      for (const write of list) {
        await write.send(dynamodb);
        onSent(write);
      }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}
