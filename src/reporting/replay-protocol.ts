import type { Letter } from '../dead-letter/letter.ts';
import type { OutcomeName } from '../processing/outcome.ts';
import { isSettled } from '../processing/outcome.ts';
import type { ReplayWork } from '../processing/replay-work.ts';
import type { RawRecord } from '../stream/record.ts';
import type { BatchResponse } from './batch-response.ts';

export type { GivenUpWork, IfStale, LetterWork, ReplayWork } from '../processing/replay-work.ts';

/**
 * What a replay asks of a Spillway function: an event as of a stream, and beside its records, in the same order, what is
 * wanted of each. A function that knows nothing of replay takes it for an event of its stream.
 */
export interface ReplayRequest {
  readonly Records: readonly RawRecord[];
  readonly spillwayReplay: ReplayOrder;
}

export interface ReplayOrder {
  readonly version: 1;
  /** One for each of `Records`. Those of one item stand in the order in which they are to run. */
  readonly works: readonly ReplayWork[];
  /** How many items at once. Default: the handler's own `concurrency`. */
  readonly concurrency?: number;
}

/**
 * `stale`: a later change of its item was replayed before it. `refused`: it is not for this handler, which `error` says.
 * The first three are settled, and `dead-lettered`, which is for a {@link GivenUpWork} only: it has a letter now.
 */
export type ReplayOutcome = OutcomeName | 'stale' | 'refused';

export interface ReplayResult {
  readonly outcome: ReplayOutcome;
  /** How many attempts were begun. */
  readonly attempts: number;
  /** What stood in the way. Holds the words of the handler's error: they may be data. */
  readonly error?: Letter['error'];
  /** The letters that were written for it. */
  readonly letterIds: readonly string[];
}

export interface ReplayResponse extends BatchResponse {
  readonly spillwayReplay: {
    readonly version: 1;
    /** One for each of the request's records. */
    readonly results: readonly ReplayResult[];
  };
}

/** Whether nothing is left to do about a piece of work, so that its message may be deleted. */
export const isReplaySettled = (outcome: ReplayOutcome): boolean =>
  outcome !== 'stale' && outcome !== 'refused' && isSettled(outcome);
