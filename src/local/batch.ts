import type { _Record as StreamsApiRecord } from '@aws-sdk/client-dynamodb-streams';
import { LocalStackError } from '../errors.ts';
import { toLambdaRecord } from '../stream/lambda-record.ts';

/** A record as it waits for its invocation: already the JSON that Lambda sends, so that no one can change it. */
export interface BatchRecord {
  readonly sequenceNumber: string;
  readonly arrivedAt: Date;
  readonly json: string;
  readonly sizeBytes: number;
}

/** Lambda's limit for the payload of a synchronous invocation, and for its response: 6 MB.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const maximumPayloadBytes = 6 * 1024 * 1024;

export function toBatchRecord(record: StreamsApiRecord, streamArn: string): BatchRecord {
  const sequenceNumber = record.dynamodb?.SequenceNumber;
  if (sequenceNumber === undefined)
    throw new LocalStackError(
      `Record ${record.eventID ?? '(no id)'} of ${streamArn} has no sequence number.`,
    );
  const json = JSON.stringify(toLambdaRecord(record, { eventSourceArn: streamArn }));
  return {
    sequenceNumber,
    arrivedAt: record.dynamodb?.ApproximateCreationDateTime ?? new Date(0),
    json,
    sizeBytes: Buffer.byteLength(json),
  };
}

/** How many of the waiting records go into the next invocation: up to the batch size and the payload, at least one. */
export function countForBatch(waiting: readonly BatchRecord[], batchSize: number): number {
  let bytes = eventJson([]).length;
  for (const [index, record] of waiting.slice(0, batchSize).entries()) {
    bytes += record.sizeBytes + 1;
    if (bytes > maximumPayloadBytes) return Math.max(1, index);
  }
  return Math.min(waiting.length, batchSize);
}

export const eventJson = (batch: readonly BatchRecord[]): string =>
  `{"Records":[${batch.map(({ json }) => json).join(',')}]}`;
