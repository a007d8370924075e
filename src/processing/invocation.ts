import type { Context } from 'aws-lambda';
import type { Ledger } from '../idempotency/ledger.ts';
import type { RawRecord } from '../stream/record.ts';
import type { Runtime } from '../runtime.ts';
import type { Deadline } from './deadline.ts';
import type { Observer } from './observer.ts';
import type { Retry } from './retry.ts';
import type { Classify, LetterReason } from './verdict.ts';

/** What makes a letter. */
export interface Undeliverable {
  readonly consumer: string;
  readonly route: string | null;
  /** The letter's id: stable for consumer, route and event. */
  readonly id: string;
  readonly reason: LetterReason;
  readonly error: unknown;
  readonly attempts: number;
  readonly record: RawRecord;
  readonly lambda: Context;
}

/** How far a route's handling of a record is. */
export interface Progress {
  readonly route: string | null;
  readonly startedAt: number;
  attempts: number;
}

/** All that the handling of a batch rests on. */
export interface Invocation {
  readonly consumer: string;
  readonly lambda: Context;
  readonly runtime: Runtime;
  readonly deadline: Deadline;
  /** Undefined: switched off. */
  readonly ledger: Ledger | undefined;
  /** Resolves when the letter is safely kept. Undefined: switched off. */
  readonly sendLetter: ((undeliverable: Undeliverable) => Promise<void>) | undefined;
  readonly retry: Retry;
  readonly classify: Classify | undefined;
  readonly isReplay: boolean;
  readonly observer: Required<Observer>;
  /** What is being worked on, by record: what still is when the response is due can be told by name. */
  readonly running: Map<RawRecord, Progress>;
}
