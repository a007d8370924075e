import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConditionalCheckFailedException, DeleteItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { LocalStackError } from '../../errors.ts';
import { toLambdaJson } from '../../stream/lambda-record.ts';
import { itemOf } from '../../stream/lane.ts';
import type { MarshalledImage } from '../../stream/record.ts';
import type { Clock } from '../clock.ts';
import type { ExpiredItems } from './expired-items.ts';

export interface ExpiringTable {
  readonly name: string;
  /** Undefined for a table without a stream. */
  readonly streamArn: string | undefined;
  readonly timeToLiveAttribute: string;
  readonly keys: readonly string[];
}

export interface ExpiryParts {
  readonly client: DynamoDBClient;
  readonly tables: () => readonly ExpiringTable[];
  readonly expired: ExpiredItems;
  readonly clock: Clock;
  /** The wait between two looks. */
  readonly intervalMs: number;
  readonly onError: (error: Error) => void;
}

/** DynamoDB does not delete what expired longer ago than this: such a time is taken for a mistake.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-before-you-start.html */
const oldestSeconds = 5 * 365 * 24 * 3_600;

/**
 * Deletes items whose time has come, as DynamoDB does, only sooner: DynamoDB takes up to a few days. An item that was
 * changed meanwhile stays.
 */
export function startExpiry(parts: ExpiryParts): { readonly stop: () => Promise<void> } {
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  const run = async () => {
    while (!isStopping()) {
      for (const table of parts.tables()) {
        try {
          await expireItemsOf(table, parts, isStopping);
        } catch (cause) {
          if (isStopping()) break;
          const what = `The expired items of table ${table.name} could not be deleted; trying again.`;
          parts.onError(new LocalStackError(what, { cause }));
        }
      }
      await parts.clock.sleep(parts.intervalMs, stopping.signal);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

async function expireItemsOf(
  table: ExpiringTable,
  { client, expired, clock }: ExpiryParts,
  isStopping: () => boolean,
): Promise<void> {
  const second = Math.floor(clock.now() / 1_000);
  const names = Object.fromEntries(table.keys.map((key, index) => [`#k${index}`, key]));
  const pages = paginateScan(
    { client },
    {
      TableName: table.name,
      ConsistentRead: true,
      FilterExpression: '#ttl BETWEEN :oldest AND :now',
      ProjectionExpression: ['#ttl', ...Object.keys(names)].join(', '),
      ExpressionAttributeNames: { '#ttl': table.timeToLiveAttribute, ...names },
      ExpressionAttributeValues: {
        ':now': { N: String(second) },
        ':oldest': { N: String(second - oldestSeconds) },
      },
    },
  );
  for await (const { Items = [] } of pages) {
    for (const item of Items) {
      if (isStopping()) return;
      await expireItem(item, table, { client, expired, clock });
    }
  }
}

async function expireItem(
  item: Readonly<Record<string, AttributeValue>>,
  { name, streamArn, timeToLiveAttribute, keys }: ExpiringTable,
  { client, expired, clock }: Pick<ExpiryParts, 'client' | 'expired' | 'clock'>,
): Promise<void> {
  const time = item[timeToLiveAttribute];
  if (!time) return;
  const key = Object.fromEntries(Object.entries(item).filter(([attribute]) => keys.includes(attribute)));
  const expiry = {
    streamArn: streamArn ?? '',
    item: itemOf({ keys: toLambdaJson(key) as MarshalledImage }),
    // Of now, and not of when the look began: there may be thousands to delete.
    second: Math.floor(clock.now() / 1_000),
  };
  // First the note, then the deletion: its record may be read before the answer is here.
  expired.add(expiry);
  try {
    await client.send(
      new DeleteItemCommand({
        TableName: name,
        Key: key,
        ConditionExpression: '#ttl = :time',
        ExpressionAttributeNames: { '#ttl': timeToLiveAttribute },
        ExpressionAttributeValues: { ':time': time },
      }),
    );
  } catch (error) {
    // After another error the item may be gone all the same, so the note stays.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    expired.remove(expiry);
  }
}
