import { isSequenceNumber } from '../../stream/sequence-number.ts';
import { tableOf, tableOfRaw } from '../../stream/read-record.ts';
import type { MarshalledImage, RawRecord } from '../../stream/record.ts';
import { isObject } from '../../stream/record.ts';
import type { Found, Pointer } from '../reading/found.ts';
import type { QueueMessage } from '../queue/queue.ts';

/** What a person needs to know of a message, without its record: a row of a list. */
export type FoundFacts = LetterFacts | PointerFacts | ForeignFacts;

interface MessageFacts {
  readonly messageId: string;
  /** Epoch milliseconds. */
  readonly sentAtMs: number;
  /** Epoch milliseconds; of a foreign message, when it was sent. */
  readonly givenUpAtMs: number;
}

export interface LetterFacts extends MessageFacts {
  readonly kind: 'letter';
  readonly id: string;
  readonly consumer: string;
  readonly table: string | undefined;
  readonly eventName: string | undefined;
  readonly sequenceNumber: string | undefined;
  readonly route: string | null;
  readonly reason: string;
  readonly errorName: string;
  readonly attempts: number;
  /** Marshalled, as in the record. */
  readonly keys: MarshalledImage | undefined;
  readonly isParked: boolean;
}

export interface PointerFacts extends MessageFacts {
  readonly kind: 'pointer';
  readonly id: string;
  readonly table: string | undefined;
  readonly condition: string;
  readonly functionName: string;
  readonly shardId: string;
  readonly first: string;
  readonly last: string;
  readonly batchSize: number;
  /** Invocations, approximately. */
  readonly attempts: number;
  /** When the stream has lost the first record, epoch milliseconds; undefined if the pointer holds its records. */
  readonly lostAtMs: number | undefined;
}

export interface ForeignFacts extends MessageFacts {
  readonly kind: 'foreign';
  readonly id: string;
  readonly why: string;
}

/** A stream keeps its records so long.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
const keptMs = 24 * 3_600_000;

export function describeFound(found: Found, { id: messageId, sentAtMs }: QueueMessage): FoundFacts {
  switch (found.kind) {
    case 'letter': {
      const { letter } = found;
      const { id, consumer, route, reason, error, attempts, record, failedAt } = letter;
      return {
        kind: 'letter',
        ...{ messageId, sentAtMs, id, consumer, route, reason, attempts },
        givenUpAtMs: timeIn(failedAt) ?? sentAtMs,
        errorName: error.name,
        table: tableOfRaw(record),
        eventName: textIn(record, 'eventName'),
        ...dynamodbIn(record),
        isParked: letter.parked !== undefined,
      };
    }
    case 'pointer': {
      const { id, condition, functionName, shardId, first, last, batchSize, timestamp, streamArn } =
        found.pointer;

      return {
        kind: 'pointer',
        ...{ messageId, sentAtMs, id, condition, functionName, shardId, first, last, batchSize },
        givenUpAtMs: timeIn(timestamp) ?? sentAtMs,
        attempts: found.pointer.invokeCount,
        table: tableOf(streamArn),
        lostAtMs: lostAtMs(found.pointer),
      };
    }
    case 'foreign':
      return { kind: 'foreign', messageId, sentAtMs, givenUpAtMs: sentAtMs, id: messageId, why: found.why };
  }
}

/** When the stream no longer has all of a pointer's records. */
function lostAtMs({ records, firstArrivedAt, timestamp }: Pointer): number | undefined {
  if (records !== undefined) return undefined;
  const arrivedAtMs = timeIn(firstArrivedAt ?? '') ?? timeIn(timestamp);
  return arrivedAtMs === undefined ? undefined : arrivedAtMs + keptMs;
}

function timeIn(text: string): number | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/** A letter may be made by hand, and its record be anything. */
function dynamodbIn(record: RawRecord): Pick<LetterFacts, 'keys' | 'sequenceNumber'> {
  const { Keys, SequenceNumber }: Readonly<Record<string, unknown>> = isObject(record.dynamodb)
    ? record.dynamodb
    : {};
  return {
    // Each attribute is looked at where it is shown.
    keys: isObject(Keys) ? (Keys as MarshalledImage) : undefined,
    sequenceNumber: isSequenceNumber(SequenceNumber) ? SequenceNumber : undefined,
  };
}

function textIn(record: RawRecord, name: string): string | undefined {
  const value = (record as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : undefined;
}
