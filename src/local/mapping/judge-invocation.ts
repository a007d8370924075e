import { isObject } from '../../stream/record.ts';
import { compareSequenceNumbers } from '../../stream/sequence-number.ts';
import type { InvocationResult } from '../function/invocation.ts';

/** What an invocation means for the records that it was given. Of a partial failure, the first `settled` are done. */
export type BatchOutcome =
  | { readonly kind: 'complete-success' }
  | { readonly kind: 'partial-failure'; readonly settled: number }
  | {
      readonly kind: 'complete-failure';
      /** `Unhandled` if the function failed, null if it answered and the answer was no good. */
      readonly functionError: 'Unhandled' | null;
      readonly reason: string;
      readonly error?: unknown;
    }
  /** The function was not reached. This is no attempt. */
  | { readonly kind: 'not-invoked'; readonly reason: string; readonly error?: unknown };

export interface Expected {
  readonly sequenceNumbers: readonly string[];
  readonly reportBatchItemFailures: boolean;
  /** Whether the response must carry a tumbling window's state. */
  readonly state: boolean;
}

/**
 * Reads a result as Lambda does: with `ReportBatchItemFailures` the lowest sequence number is the checkpoint, and what is
 * not understood fails the whole batch. Two cases that AWS does not document are read on the safe side, as a complete
 * failure: an identifier that is not of this batch, and a response that is neither empty nor an object.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function judgeInvocation(
  result: Exclude<InvocationResult, { kind: 'abandoned' }>,
  expected: Expected,
): BatchOutcome {
  switch (result.kind) {
    case 'not-invoked':
      return result;
    case 'function-error':
      return { ...result, kind: 'complete-failure', functionError: 'Unhandled' };
    case 'returned':
      if (expected.state && stateOf(result.response) === undefined)
        return refused('the response has no state, which a tumbling window needs');
      return expected.reportBatchItemFailures
        ? judgeFailures(result.response, expected.sequenceNumbers)
        : { kind: 'complete-success' };
  }
}

/** The state that a response hands on within a tumbling window; undefined if there is none. */
export const stateOf = (response: unknown): Readonly<Record<string, unknown>> | undefined =>
  isObject(response) && isObject(response['state']) ? response['state'] : undefined;

function judgeFailures(response: unknown, sequenceNumbers: readonly string[]): BatchOutcome {
  if (response === '' || isEmpty(response)) return { kind: 'complete-success' };
  if (!isObject(response)) return refused('the response is not an object');
  const { batchItemFailures } = response;
  if (isEmpty(batchItemFailures)) return { kind: 'complete-success' };
  if (!Array.isArray(batchItemFailures)) return refused('batchItemFailures is not a list');

  const identifiers = batchItemFailures.map((failure: unknown) =>
    isObject(failure) ? failure['itemIdentifier'] : undefined,
  );
  const positions = new Map(sequenceNumbers.map((sequenceNumber, index) => [sequenceNumber, index]));
  const known = identifiers.filter((name) => typeof name === 'string').filter((name) => positions.has(name));
  const [lowest] = known.toSorted(compareSequenceNumbers);
  if (lowest === undefined || known.length < identifiers.length)
    return refused('an itemIdentifier is not the sequence number of a record of this batch');
  return { kind: 'partial-failure', settled: positions.get(lowest) ?? 0 };
}

/** A response that holds no failures is not a failed invocation, so the pointer's `functionError` stays null. */
const refused = (reason: string): BatchOutcome => ({ kind: 'complete-failure', functionError: null, reason });

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);
