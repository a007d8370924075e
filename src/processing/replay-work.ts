import type { ParkingPlace } from '../idempotency/item-memory.ts';

/** What becomes of work whose item has changed since: it runs all the same, is passed over, or stays as it is. */
export type IfStale = 'run' | 'skip' | 'fail';

/** What a replay wants done about a record. */
export type ReplayWork = LetterWork | GivenUpWork;

interface AnyWork {
  /** Also about what the ledger knows: that a later change of the item was replayed. Default `fail`. */
  readonly ifStale?: IfStale;
  /**
   * There if the item has changed since. Then the work is only looked up: if it is settled there is nothing to do about it.
   */
  readonly stale?: {
    /** Whether that is known; false: it could not be told. */
    readonly isSure: boolean;
  };
}

/** The route of a letter is to run again. */
export interface LetterWork extends AnyWork {
  readonly kind: 'letter';
  readonly letterId: string;
  readonly consumer: string;
  /** Null: no route could be chosen then. All routes that are for the record now run. */
  readonly route: string | null;
  /** As in the letter. */
  readonly parked?: ParkingPlace;
}

/** A record that Lambda gave up: all of its routes that are not settled are to run, as if the stream delivered it. */
export interface GivenUpWork extends AnyWork {
  readonly kind: 'record';
  /**
   * Whether the pointer's range holds the records of the batch and no others. If not, only a ledger can tell which of
   * them were handled long ago.
   */
  readonly isExact: boolean;
  /** The sequence numbers between which the pointer lies. */
  readonly bounds: { readonly first: string; readonly last: string };
}
