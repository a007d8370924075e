import type { Undeliverable } from '../processing/invocation.ts';
import { describeThrown, isA, safeNameOf } from '../processing/thrown.ts';
import type { SchemaIssue } from '../errors.ts';
import { SchemaError } from '../errors.ts';
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
  /** How often the handler was started in the invocation that gave up. */
  readonly attempts: number;
  /** The record as it came, marshalled. */
  readonly record: RawRecord;
  /** ISO 8601. */
  readonly failedAt: string;
  readonly functionName: string;
  readonly requestId: string;
}

/** Where letters go. `send` resolves only when the letter is safely kept; only then is its record passed over. */
export interface DeadLetters {
  send(letter: Letter): Promise<void>;
}

export function writeLetter(undeliverable: Undeliverable, now: number): Letter {
  const { consumer, route, id, reason, error, attempts, record, lambda } = undeliverable;
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
  };
}

/** An error may be of any size, and must not be what keeps its letter from being sent. */
const longestText = 16_384;
const mostIssues = 100;

function describeError(error: unknown): Letter['error'] {
  const { name, message, stack } = describeThrown(error);
  const issues = isA(error, SchemaError) ? error.issues.slice(0, mostIssues) : [];
  return {
    name: clip(name),
    message: clip(message),
    stack: clip(stack),
    issues: issues.map((issue) => ({ path: clip(issue.path), message: clip(issue.message) })),
  };
}

const clip = (text: string): string =>
  text.length <= longestText ? text : `${text.slice(0, longestText)} ... (${text.length} characters)`;

/** What a queue's consumer can filter by without reading the body. An attribute that is not known is left out. */
export function letterAttributes(letter: Letter): Readonly<Record<string, string>> {
  const { consumer, route, reason, record } = letter;
  const attributes = {
    consumer,
    route: route ?? '',
    table: tableOfRaw(record) ?? '',
    eventName: typeof record.eventName === 'string' ? record.eventName : '',
    reason,
    errorName: safeNameOf(letter.error),
  };
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''));
}
