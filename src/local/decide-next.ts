import { isObject } from '../stream/record.ts';
import { compareSequenceNumbers } from '../stream/sequence-number.ts';

/** How an invocation ended. A response has been through JSON, as Lambda's has. */
export type InvocationResult =
  | { readonly kind: 'returned'; readonly response: unknown }
  | { readonly kind: 'function-error'; readonly reason: string; readonly error?: unknown };

/** What an invocation means for its batch. Of a partial failure, the first `settled` records are done with. */
export type BatchOutcome =
  | { readonly kind: 'complete-success' }
  | { readonly kind: 'partial-failure'; readonly settled: number }
  | {
      readonly kind: 'complete-failure';
      readonly functionError: 'Unhandled' | null;
      readonly reason: string;
      readonly error?: unknown;
    };

/** The next step of a shard. `settled` counts records from the front of the batch: the checkpoint moves past them. */
export type NextStep =
  | { readonly kind: 'advance'; readonly settled: number }
  | { readonly kind: 'retry'; readonly invocations: number }
  | { readonly kind: 'give-up'; readonly invocations: number; readonly functionError: 'Unhandled' | null };

/** Where a shard stands: how many invocations since the checkpoint last moved, and how many retries are allowed. */
export interface RetryState {
  readonly invocations: number;
  /** -1 for no limit. */
  readonly maximumRetryAttempts: number;
}

/**
 * Reads a result as Lambda does when `ReportBatchItemFailures` is on: the lowest sequence number is the checkpoint, and
 * what is not understood fails the whole batch. Two cases that AWS does not document are read on the safe side, as a
 * complete failure: an identifier that is not of this batch, and a response that is neither empty nor an object.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function judgeInvocation(
  result: InvocationResult,
  sequenceNumbers: readonly string[],
  reportBatchItemFailures: boolean,
): BatchOutcome {
  if (result.kind === 'function-error')
    return { ...result, kind: 'complete-failure', functionError: 'Unhandled' };
  if (!reportBatchItemFailures || result.response === '' || isEmpty(result.response))
    return { kind: 'complete-success' };
  if (!isObject(result.response)) return refused('the response is not an object');
  const { batchItemFailures } = result.response;
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

/**
 * Progress starts the count of invocations afresh; a response that names the first record is no progress. With
 * `maximumRetryAttempts` n, a batch is given up after n + 1 invocations without progress.
 */
export function decideNext(state: RetryState, batchSize: number, outcome: BatchOutcome): NextStep {
  switch (outcome.kind) {
    case 'complete-success':
      return { kind: 'advance', settled: batchSize };
    case 'partial-failure':
      return outcome.settled > 0 ? { kind: 'advance', settled: outcome.settled } : tryAgain(state, null);
    case 'complete-failure':
      return tryAgain(state, outcome.functionError);
  }
}

function tryAgain(state: RetryState, functionError: 'Unhandled' | null): NextStep {
  const invocations = state.invocations + 1;
  return state.maximumRetryAttempts >= 0 && invocations > state.maximumRetryAttempts
    ? { kind: 'give-up', invocations, functionError }
    : { kind: 'retry', invocations };
}

/** A response that holds no failures is not a failed invocation, so the pointer's `functionError` stays null. */
const refused = (reason: string): BatchOutcome => ({ kind: 'complete-failure', functionError: null, reason });

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);
