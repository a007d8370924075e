import { hash } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { ReplayError } from '../../errors.ts';
import { property } from '../../processing/thrown.ts';
import type { Runtime } from '../../runtime.ts';
import { toLambdaJson } from '../../stream/lambda-record.ts';
import { tableOf } from '../../stream/read-record.ts';
import type { MarshalledImage, RawRecord } from '../../stream/record.ts';
import type { Pointer } from './found.ts';
import type { ExpiredOptions } from '../engine/run-options.ts';

export type ItemKey = Readonly<Record<string, unknown>>;

/**
 * In place of records that the stream has lost: a MODIFY of each item as it is now, with the same image before and after,
 * for what it was before nobody knows. It has the same id whenever it is made for a pointer, so it runs once.
 */
export const itemsFromTable = (
  client: DynamoDBClient,
  keys: readonly ItemKey[],
  { now }: Pick<Runtime, 'now'>,
): ExpiredOptions => ({
  async fromTable(pointer) {
    const items = await Promise.all(keys.map((key) => readItem(client, pointer, key)));
    return items.flatMap((item, index) => {
      const key = keys[index];
      return item === undefined || key === undefined ? [] : [modifyOf(pointer, marshalled(key), item, now())];
    });
  },
});

const marshalled = (key: ItemKey): MarshalledImage => toLambdaJson(marshall(key)) as MarshalledImage;

async function readItem(
  client: DynamoDBClient,
  { streamArn }: Pointer,
  key: ItemKey,
): Promise<MarshalledImage | undefined> {
  const table = tableOf(streamArn);
  const command = new GetItemCommand({
    TableName: table,
    Key: marshall(key),
    ConsistentRead: true,
  });
  try {
    const { Item } = await client.send(command);
    return Item && (toLambdaJson(Item) as MarshalledImage);
  } catch (cause) {
    throw new ReplayError(
      property(cause, 'name') === 'ValidationException'
        ? `a key that was given is not one of table "${table}": it takes each attribute of the table's key, and no others`
        : `table "${table}" could not be read for what the stream has lost: may you dynamodb:GetItem it?`,
      { cause },
    );
  }
}

function modifyOf(pointer: Pointer, keys: MarshalledImage, image: MarshalledImage, nowMs: number): RawRecord {
  const named = Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    eventID: hash('sha256', JSON.stringify([pointer.id, named])),
    eventName: 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: pointer.streamArn.split(':')[3] ?? '',
    eventSourceARN: pointer.streamArn,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(nowMs / 1_000),
      Keys: { ...keys },
      NewImage: { ...image },
      OldImage: { ...image },
      // Behind all that the batch held.
      SequenceNumber: pointer.last,
      SizeBytes: 1,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
  };
}
