import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';

export type MarshalledImage = Record<string, AttributeValue>;

/** Both images of a record, unmarshalled by the AWS SDK: what one writes by hand where no library does it. */
export function unmarshalled({ dynamodb }: DynamoDBRecord) {
  return {
    newImage: unmarshall((dynamodb?.NewImage ?? {}) as MarshalledImage),
    oldImage: unmarshall((dynamodb?.OldImage ?? {}) as MarshalledImage),
  };
}
