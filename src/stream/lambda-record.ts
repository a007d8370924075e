import type { _Record as StreamsApiRecord } from '@aws-sdk/client-dynamodb-streams';
import type { RawRecord } from './record.ts';
import { isObject } from './record.ts';

/** What the Streams API leaves out of a record and Lambda adds. */
export interface RecordOrigin {
  readonly eventSourceArn: string;
}

/**
 * A record of the Streams API in the shape in which Lambda hands it to a function: bytes as base64, dates as epoch
 * seconds, `userIdentity` in lower camel case, and `eventSourceARN` added.
 */
export function toLambdaRecord(record: StreamsApiRecord, { eventSourceArn }: RecordOrigin): RawRecord {
  const { userIdentity, ...rest } = record;
  return {
    ...(toLambdaJson(rest) as RawRecord),
    ...(userIdentity && {
      userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId },
    }),
    eventSourceARN: eventSourceArn,
  };
}

/** Bytes as base64 and dates as epoch seconds, at any depth; everything else as it is. */
export function toLambdaJson(value: unknown): unknown {
  if (typeof value !== 'object') return value;
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  if (value instanceof Date) return value.getTime() / 1_000;
  if (Array.isArray(value)) return value.map(toLambdaJson);
  if (!isObject(value)) return value;
  // A loop, for a stream's reader does this for every value; by definition, lest __proto__ become the prototype.
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const inner = toLambdaJson(value[name]);
    if (name === '__proto__')
      Object.defineProperty(copy, name, {
        value: inner,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else copy[name] = inner;
  }
  return copy;
}
