import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Image } from '../../stream/attribute-value.ts';
import { decodeImage } from '../../stream/attribute-value.ts';
import { toLambdaJson } from '../../stream/lambda-record.ts';
import { framedKeys } from '../../stream/lane.ts';
import { tableOf } from '../../stream/read-record.ts';
import type { MarshalledImage, RawRecord } from '../../stream/record.ts';
import { shortMessageOf } from '../message-of.ts';

export type CurrentItem =
  | { readonly kind: 'there'; readonly item: Image }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unknown'; readonly why: string };

/** The item of a record as it is now, read consistently. Whatever stands in the way of that is no reason to show nothing else. */
export async function readCurrentItem(
  raw: RawRecord,
  dynamodbIn: (region: string) => DynamoDBClient,
): Promise<CurrentItem> {
  const { eventSourceArn, keys } = framedKeys(raw);
  const table = tableOf(eventSourceArn);
  if (table === undefined || keys === undefined)
    return { kind: 'unknown', why: 'the record does not say of which item of which table it is' };
  const [, , , region = ''] = eventSourceArn.split(':');
  try {
    const command = new GetItemCommand({ TableName: table, Key: toSdkItem(keys), ConsistentRead: true });
    const { Item } = await dynamodbIn(region).send(command);
    return Item === undefined ? { kind: 'gone' } : { kind: 'there', item: decodeImage(toLambdaJson(Item)) };
  } catch (cause) {
    return {
      kind: 'unknown',
      why:
        `the item of table "${table}" in ${region} cannot be read (${shortMessageOf(cause)}). Does the table exist there ` +
        '(else say --endpoint), and may you dynamodb:GetItem?',
    };
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
