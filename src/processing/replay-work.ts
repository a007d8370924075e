import type { ParkingPlace } from '../idempotency/item-memory.ts';

/** What a replay wants done about a record. */
export type ReplayWork = LetterWork | GivenUpWork;

/** The route of a letter is to run again. */
export interface LetterWork {
  readonly kind: 'letter';
  readonly letterId: string;
  readonly consumer: string;
  /** Null: no route could be chosen then. All routes that are for the record now run. */
  readonly route: string | null;
  /** As in the letter. */
  readonly parked?: ParkingPlace;
  /** Whether it is to run though the ledger knows that a later change of its item was replayed. */
  readonly evenIfStale: boolean;
}

/** A record that Lambda gave up: all of its routes that are not settled are to run, as if the stream delivered it. */
export interface GivenUpWork {
  readonly kind: 'record';
  /**
   * Whether the pointer's range holds the records of the batch and no others. If not, only a ledger can tell which of
   * them were handled long ago.
   */
  readonly isExact: boolean;
  /** The sequence numbers between which the pointer lies. */
  readonly bounds: { readonly first: string; readonly last: string };
}
