import { parseMessage } from '../../dead-letter/decode-letter.ts';
import { ReplayError } from '../../errors.ts';
import { readEvent } from '../../stream/read-event.ts';
import { sequenceNumberOf, tableOf } from '../../stream/read-record.ts';
import type { RawRecord } from '../../stream/record.ts';
import { isObject } from '../../stream/record.ts';
import { compareSequenceNumbers } from '../../stream/sequence-number.ts';
import type { Pointer } from './found.ts';

type Json = Readonly<Record<string, unknown>>;

/** Whether it is what Lambda writes for a batch of a DynamoDB stream, right or wrong. */
export const looksLikePointer = (content: Json): boolean => Object.hasOwn(content, 'DDBStreamBatchInfo');

/** The most records that a mapping hands over at once.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
const largestBatch = 10_000;

/**
 * Reads what Lambda wrote when it gave a batch up, with the records themselves where they are there.
 * @throws ReplayError that names the field which is not what Lambda writes, and quotes nothing
 * @throws InvalidLetterError if its payload is a text that is not JSON
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function readPointer(content: Json): Pointer {
  const version = content['version'];
  if (version !== undefined && !(typeof version === 'string' && version.startsWith('1.')))
    throw new ReplayError(
      'it is a pointer of Lambda of a version that this Spillway does not know: update it',
    );
  const request = part(content, 'requestContext');
  const batch = part(content, 'DDBStreamBatchInfo');
  const requestId = text(request, 'requestContext.requestId', /^[\w-]{1,128}$/);
  const functionArn = text(request, 'requestContext.functionArn', arnOfFunction);
  const first = text(batch, 'DDBStreamBatchInfo.startSequenceNumber', /^\d{1,40}$/);
  const last = text(batch, 'DDBStreamBatchInfo.endSequenceNumber', /^\d{1,40}$/);
  if (compareSequenceNumbers(first, last) > 0) throw odd('DDBStreamBatchInfo.endSequenceNumber');
  const streamArn = text(batch, 'DDBStreamBatchInfo.streamArn', /^[\x21-\x7e]{1,1024}$/);
  if (tableOf(streamArn) === undefined) throw odd('DDBStreamBatchInfo.streamArn');
  return {
    id: `${requestId}-${first}-${last}`,
    functionArn,
    functionName: arnOfFunction.exec(functionArn)?.[1] ?? functionArn,
    condition: text(request, 'requestContext.condition', /^\w{1,100}$/),
    invokeCount: count(request, 'requestContext.approximateInvokeCount', 0, Number.MAX_SAFE_INTEGER),
    timestamp: time(content, 'timestamp'),
    streamArn,
    shardId: text(batch, 'DDBStreamBatchInfo.shardId', /^[\w-]{1,128}$/),
    first,
    last,
    batchSize: count(batch, 'DDBStreamBatchInfo.batchSize', 1, largestBatch),
    firstArrivedAt: optionalTime(batch, 'DDBStreamBatchInfo.approximateArrivalOfFirstRecord'),
    lastArrivedAt: optionalTime(batch, 'DDBStreamBatchInfo.approximateArrivalOfLastRecord'),
    records: recordsIn(content['payload'], { streamArn, first, last }),
  };
}

const arnOfFunction =
  /^arn:[\w-]{1,20}:lambda:[\w-]{0,40}:\w{0,20}:function:([\w-]{1,140})(?::[\w$-]{1,128})?$/;

/** Documented as a text; emulators write an object. */
function recordsIn(
  payload: unknown,
  { streamArn, first, last }: Pick<Pointer, 'streamArn' | 'first' | 'last'>,
): readonly RawRecord[] | undefined {
  if (payload === undefined) return undefined;
  const event = typeof payload === 'string' ? parseMessage(payload) : payload;
  const records = isObject(event) ? recordsOf(event['Records']) : [];
  const meant = records.filter((record) => {
    const number = sequenceNumberOf(record);
    return compareSequenceNumbers(first, number) <= 0 && compareSequenceNumbers(number, last) <= 0;
  });
  if (meant.length === 0 || meant.some(({ eventSourceARN }) => eventSourceARN !== streamArn))
    throw odd('payload');
  return meant.toSorted((a, b) => compareSequenceNumbers(sequenceNumberOf(a), sequenceNumberOf(b)));
}

function recordsOf(records: unknown): readonly RawRecord[] {
  try {
    return readEvent({ Records: records });
  } catch (cause) {
    throw new ReplayError(
      'it is a pointer of Lambda whose "payload" is no event of a DynamoDB stream; it was left as it is',
      { cause },
    );
  }
}

const odd = (path: string): ReplayError =>
  new ReplayError(
    `it looks like a pointer of Lambda, but its "${path}" is not what Lambda writes; it was left as it is`,
  );

/** The last step of a path: its owner was looked up before. */
const at = (owner: Json, path: string): unknown => owner[path.slice(path.lastIndexOf('.') + 1)];

function part(owner: Json, path: string): Json {
  const value = at(owner, path);
  if (!isObject(value)) throw odd(path);
  return value;
}

function text(owner: Json, path: string, pattern: RegExp): string {
  const value = at(owner, path);
  if (typeof value !== 'string' || !pattern.test(value)) throw odd(path);
  return value;
}

function count(owner: Json, path: string, least: number, most: number): number {
  const value = at(owner, path);
  if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most) throw odd(path);
  return value;
}

/** ISO 8601, to the second or finer. */
function time(owner: Json, path: string): string {
  const value = text(owner, path, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)$/);
  if (Number.isNaN(Date.parse(value))) throw odd(path);
  return value;
}

const optionalTime = (owner: Json, path: string): string | undefined => {
  const value = at(owner, path);
  return value === undefined || value === null ? undefined : time(owner, path);
};
