import { marshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import type { SeenChange } from '../../../src/cli/tail/seen-change.ts';
import { decodeChange } from '../../../src/cli/tail/seen-change.ts';
import { toLambdaJson } from '../../../src/stream/lambda-record.ts';
import { readRecord } from '../../../src/stream/read-record.ts';
import type { EventName } from '../../../src/stream/record.ts';

type Item = Record<string, unknown>;

export interface ChangeParts {
  readonly keys?: Item;
  readonly newImage?: Item;
  readonly oldImage?: Item;
  readonly expired?: boolean;
}

/** A record as Lambda hands it over, of a table with the key `pk`. */
export function recordOf(eventName: EventName, parts: ChangeParts): DynamoDBRecord {
  const { keys = { pk: 'a' }, newImage, oldImage } = parts;
  const image = (item: Item) => toLambdaJson(marshall(item)) as Record<string, never>;
  return {
    eventID: 'c9fbe7d0261a5163fcb6940593e41797',
    eventName,
    eventSource: 'aws:dynamodb',
    eventSourceARN: 'arn:aws:dynamodb:us-east-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_767_225_605.25,
      Keys: image(keys),
      ...(newImage && { NewImage: image({ ...keys, ...newImage }) }),
      ...(oldImage && { OldImage: image({ ...keys, ...oldImage }) }),
      SequenceNumber: '4421584500000000017450439091',
    },
    ...(parts.expired && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
  };
}

export const changeOf = (eventName: EventName, parts: ChangeParts): SeenChange =>
  decodeChange(readRecord(recordOf(eventName, parts)), 'shardId-1');
