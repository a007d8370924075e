import type { Context } from 'aws-lambda';
import type { ItemMemory, ParkingPlace } from '../idempotency/item-memory.ts';
import type { LedgerSession } from '../idempotency/session.ts';
import type { RawRecord } from '../stream/record.ts';
import type { Runtime } from '../runtime.ts';
import type { Deadline } from './deadline.ts';
import type { Observer } from './observer.ts';
import type { Parking } from './parking.ts';
import type { ReplayWork } from './replay-work.ts';
import type { ReplayedItems } from './replayed-items.ts';
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
  /** Where it stands among the letters of its item, if that is parked. */
  readonly parked?: ParkingPlace | undefined;
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
  /** What a replay wants of each record of the batch; undefined: the stream delivers it. */
  readonly replay: readonly ReplayWork[] | undefined;
  /** What the ledger remembers of items. Undefined: there is no ledger, or none that can. */
  readonly items: ItemMemory | undefined;
  /** What was replayed of the items; undefined where `items` is, and for the stream. */
  readonly replayed: ReplayedItems | undefined;
  /** Undefined: the changes behind a dead-lettered one go on. */
  readonly parking: Parking | undefined;
  readonly observer: Required<Observer>;
}
