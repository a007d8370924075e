import type { Undeliverable } from '../processing/invocation.ts';
import { describeThrown, isA, property, safeName } from '../processing/thrown.ts';
import type { SchemaIssue } from '../errors.ts';
import { SchemaError } from '../errors.ts';
import type { ParkingPlace } from '../idempotency/item-memory.ts';
import { tableOfRaw } from '../stream/read-record.ts';
import { toLambdaJson } from '../stream/lambda-record.ts';
import type { RawRecord } from '../stream/record.ts';
import type { LetterReason } from '../processing/verdict.ts';

/** A dead-lettered record with all that is needed to handle it later. Version 1 of the format stays readable for ever. */
export interface Letter {
  readonly spillway: 1;
  /** One per consumer, route and event, and the same whenever the letter is written again: 64 hex digits. */
  readonly id: string;
  readonly consumer: string;
  /** Null for a record that could not be read. */
  readonly route: string | null;
  readonly reason: LetterReason;
  readonly error: {
    readonly name: string;
    readonly message: string;
    readonly stack: string;
    readonly issues: readonly SchemaIssue[];
  };
  /** How many attempts were begun in the invocation that gave up; reading the record by its schema is part of one. */
  readonly attempts: number;
  /** The record as it came, marshalled. */
  readonly record: RawRecord;
  /** ISO 8601. */
  readonly failedAt: string;
  readonly functionName: string;
  readonly requestId: string;
  /** There only if its item is parked with it. */
  readonly parked?: ParkingPlace;
}

/** Where letters go. `send` resolves only when the letter is safely kept; only then is its record passed over. */
export interface DeadLetters {
  send(letter: Letter): Promise<void>;
  /** There on those of `sqsDeadLetters`: deployment grants rights on what it names. */
  readonly sqs?: SqsLetterPlaces;
}

/** What `sqsDeadLetters` was told; without a `queueUrl`, the queue is that of the environment. */
export interface SqsLetterPlaces {
  readonly queueUrl?: string;
  /** For large letters, with what stands before their keys. */
  readonly bucket?: string;
  readonly keyPrefix?: string;
}

export function writeLetter(undeliverable: Undeliverable, now: number): Letter {
  const { consumer, route, id, reason, error, attempts, record, parked, lambda } = undeliverable;
  return {
    spillway: 1,
    id,
    consumer,
    route,
    reason,
    error: describeError(error),
    attempts,
    record: toLambdaJson(record) as RawRecord,
    failedAt: new Date(now).toISOString(),
    functionName: lambda.functionName,
    requestId: lambda.awsRequestId,
    ...(parked && { parked }),
  };
}

/** An error may be of any size and make, and must not be what keeps its letter from being sent. */
const longest = { text: 16_384, path: 512, issue: 2_048, attribute: 256 };
const mostIssues = 100;

export function describeError(error: unknown): Letter['error'] {
  const { name, message, stack } = describeThrown(error);
  const issues = isA(error, SchemaError) ? property(error, 'issues') : undefined;
  return {
    name: clip(name, longest.path),
    message: clip(message, longest.text),
    stack: clip(stack, longest.text),
    issues: (Array.isArray(issues) ? issues : []).slice(0, mostIssues).map((issue) => ({
      path: clip(textOf(issue, 'path'), longest.path),
      message: clip(textOf(issue, 'message'), longest.issue),
    })),
  };
}

function textOf(value: unknown, name: string): string {
  const text = property(value, name);
  return typeof text === 'string' ? text : '';
}

const clip = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most)} ... (${text.length} characters)`;

/** What SQS refuses in the value of a message attribute.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const refusedBySqs = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** What a queue's consumer can filter by without reading the body. An attribute that is not known is left out. */
export function letterAttributes(letter: Letter): Readonly<Record<string, string>> {
  const { consumer, route, reason, record } = letter;
  const attributes = {
    consumer,
    route: route ?? '',
    table: tableOfRaw(record) ?? '',
    eventName: typeof record.eventName === 'string' ? record.eventName : '',
    reason,
    errorName: safeName(letter.error.name),
  };
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([, value]) => value !== '')
      .map(([name, value]) => [name, value.slice(0, longest.attribute).replaceAll(refusedBySqs, '\uFFFD')]),
  );
}
