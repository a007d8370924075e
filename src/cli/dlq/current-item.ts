import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { ReplayError } from '../../errors.ts';
import type { Image } from '../../stream/attribute-value.ts';
import { decodeImage } from '../../stream/attribute-value.ts';
import { toLambdaJson } from '../../stream/lambda-record.ts';
import { readRecord } from '../../stream/read-record.ts';
import type { MarshalledImage, RawRecord } from '../../stream/record.ts';

export type CurrentItem = { readonly kind: 'there'; readonly item: Image } | { readonly kind: 'gone' };

/**
 * The item of a record as it is now, read consistently.
 * @throws ReplayError if the table does not exist, or may not be read
 * @throws UnreadableRecordError for a record that does not say which item it is of
 */
export async function readCurrentItem(
  raw: RawRecord,
  dynamodbIn: (region: string) => DynamoDBClient,
): Promise<CurrentItem> {
  const { table, region, keys } = readRecord(raw);
  const command = new GetItemCommand({ TableName: table, Key: toSdkItem(keys), ConsistentRead: true });
  try {
    const { Item } = await dynamodbIn(region).send(command);
    return Item === undefined ? { kind: 'gone' } : { kind: 'there', item: decodeImage(toLambdaJson(Item)) };
  } catch (cause) {
    throw new ReplayError(
      `The item of table "${table}" in ${region} cannot be read. Does the table exist there (else say --endpoint), and may you dynamodb:GetItem?`,
      { cause },
    );
  }
}

/** Keys are strings, numbers and bytes, and Lambda hands bytes over in base64. */
const toSdkItem = (keys: MarshalledImage): Record<string, AttributeValue> =>
  Object.fromEntries(
    Object.entries(keys).map(([name, value]) => [
      name,
      typeof value.B === 'string'
        ? { B: new Uint8Array(Buffer.from(value.B, 'base64')) }
        : (value as AttributeValue),
    ]),
  );
