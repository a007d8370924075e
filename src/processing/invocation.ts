import type { Context } from 'aws-lambda';
import type { LedgerSession } from '../idempotency/session.ts';
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

/** What is done about a record. Such objects are used again by other records: they are on the path of all of them. */
export interface Progress {
  /** The record's place in the batch. */
  index: number;
  route: string | null;
  startedAt: number;
  attempts: number;
  /** Gives the record's slot to others while it waits for something, and comes back when one is free. */
  readonly rest: (wait: () => Promise<void>) => Promise<void>;
}

/** All that the handling of a batch rests on. */
export interface Invocation {
  readonly consumer: string;
  readonly lambda: Context;
  readonly runtime: Runtime;
  readonly deadline: Deadline;
  /** Undefined: switched off. */
  readonly ledger: LedgerSession | undefined;
  /** How many pieces of work the ledger may be asked for before their turn, and may keep waiting after it. */
  readonly ledgerAhead: number;
  /** Resolves when the letter is safely kept. Undefined: switched off. */
  readonly sendLetter: ((undeliverable: Undeliverable) => Promise<void>) | undefined;
  readonly retry: Retry;
  readonly classify: Classify | undefined;
  readonly isReplay: boolean;
  readonly observer: Required<Observer>;
}
