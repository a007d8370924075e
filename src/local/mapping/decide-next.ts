import type { BatchOutcome } from './judge-invocation.ts';
import { unconfirmed } from './unconfirmed.ts';

/** Records that are delivered together, and how often they were without progress. */
export interface Delivery {
  readonly size: number;
  readonly invocations: number;
}

/** The unsettled records of a batch, from the front: one delivery, more of them after it was bisected. */
export type Deliveries = readonly Delivery[];

export interface RetryRules {
  /** -1 for no limit. */
  readonly maximumRetryAttempts: number;
  readonly bisectBatchOnFunctionError: boolean;
}

/** What happened to the first delivery: it was invoked, or its first records grew too old before that. */
export type DeliveryEvent =
  | { readonly kind: 'invoked'; readonly outcome: BatchOutcome }
  | { readonly kind: 'expired'; readonly records: number };

/**
 * The next step. `settled` and `records` count from the front: those are behind the checkpoint then, and `left` is the
 * rest.
 */
export type NextStep =
  | { readonly kind: 'advance'; readonly settled: number; readonly left: Deliveries }
  | { readonly kind: 'retry'; readonly left: Deliveries }
  | { readonly kind: 'split'; readonly left: Deliveries }
  | {
      readonly kind: 'give-up';
      readonly records: number;
      /** As the pointer has it. */
      readonly invocations: number;
      readonly why: GivenUpBecause;
      readonly left: Deliveries;
    };

export type GivenUpBecause =
  | { readonly condition: 'RetryAttemptsExhausted'; readonly functionError: 'Unhandled' | null }
  | { readonly condition: 'RecordAgeExceeded' };

export const wholeBatch = (size: number): Deliveries => (size > 0 ? [{ size, invocations: 0 }] : []);

/**
 * Decides about the first delivery. Progress starts its count of invocations afresh; a response that names the first
 * record is no progress. With `maximumRetryAttempts` n, a delivery is given up after n + 1 invocations without progress;
 * an invocation that leads to a bisect does not count, and one that never reached the function does not either.
 */
export function decideNext(deliveries: Deliveries, event: DeliveryEvent, rules: RetryRules): NextStep {
  const [first, ...others] = deliveries;
  if (first === undefined) return { kind: 'advance', settled: 0, left: [] };
  const without = (records: number, invocations = 0): Deliveries =>
    records < first.size ? [{ size: first.size - records, invocations }, ...others] : others;

  if (event.kind === 'expired')
    return {
      kind: 'give-up',
      records: event.records,
      invocations: first.invocations || unconfirmed.invokeCountOfTheNeverInvoked,
      why: { condition: 'RecordAgeExceeded' },
      left: without(event.records, unconfirmed.invocationsAfterExpiry(first.invocations)),
    };

  const { outcome } = event;
  if (outcome.kind === 'complete-success')
    return { kind: 'advance', settled: first.size, left: without(first.size) };
  if (outcome.kind === 'partial-failure' && outcome.settled > 0)
    return { kind: 'advance', settled: outcome.settled, left: without(outcome.settled) };
  if (outcome.kind === 'not-invoked') return { kind: 'retry', left: deliveries };
  if (rules.bisectBatchOnFunctionError && first.size > 1 && halves(outcome)) {
    const invocations = unconfirmed.invocationsOfAHalf;
    const half = Math.ceil(first.size / 2);
    const split = [half, first.size - half].map((size) => ({ size, invocations }));
    return { kind: 'split', left: [...split, ...others] };
  }
  const invocations = first.invocations + 1;
  if (rules.maximumRetryAttempts < 0 || invocations <= rules.maximumRetryAttempts)
    return { kind: 'retry', left: [{ size: first.size, invocations }, ...others] };
  const functionError = outcome.kind === 'complete-failure' ? outcome.functionError : null;
  return {
    kind: 'give-up',
    records: first.size,
    invocations,
    why: { condition: 'RetryAttemptsExhausted', functionError },
    left: others,
  };
}

function halves(outcome: BatchOutcome): boolean {
  if (outcome.kind === 'partial-failure') return unconfirmed.halvesWhenTheFirstRecordIsNamed;
  if (outcome.kind !== 'complete-failure') return false;
  return outcome.functionError !== null || unconfirmed.halvesWhenTheResponseIsNotUnderstood;
}
