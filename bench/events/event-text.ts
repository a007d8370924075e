import type { DynamoDBStreamEvent } from 'aws-lambda';
import { modifyRecord, streamEvent } from 'spillway/testing';
import { orderChange } from './items.ts';
import { createRandom } from './random.ts';

export interface EventOptions {
  readonly records: number;
  readonly recordsPerItem: number;
}

const seed = 20_260_101;
const createdAt = new Date('2026-01-01T00:00:00Z');
const firstSequenceNumber = 100_000_000_000_000_000_000n;

/** An event of MODIFY records as text, as Lambda's runtime gets it: the same text for the same options. */
export function eventText({ records, recordsPerItem }: EventOptions): string {
  const random = createRandom(seed);
  const items = Math.ceil(records / recordsPerItem);
  const built = Array.from({ length: records }, (_, index) =>
    modifyRecord(orderChange(index % items, random), {
      sequenceNumber: String(firstSequenceNumber + BigInt(index)),
      createdAt,
    }),
  );
  return JSON.stringify(streamEvent(...built));
}

/** Each run parses its event anew, for some contestants change what they are given. */
export const parseEvent = (text: string): DynamoDBStreamEvent => JSON.parse(text) as DynamoDBStreamEvent;

/** Bytes of one record as JSON, on average. */
export function averageRecordBytes({ Records: records }: DynamoDBStreamEvent): number {
  const bytes = records.reduce((sum, record) => sum + Buffer.byteLength(JSON.stringify(record)), 0);
  return bytes / records.length;
}
