import type { Runtime } from '../runtime.ts';
import type { Arrival } from './parked-item.ts';

/**
 * Where a letter stands among those of a parked item. They are replayed one after the other: that with place n when n of
 * them are settled.
 */
export interface ParkingPlace {
  /** Names this parking of the item; another one, later, has another name. */
  readonly lane: string;
  /** From 0. */
  readonly place: number;
}

/** An item of a consumer's: the stream's ARN and the name of its lane, which is hashed, for keys are data. */
export interface ItemName {
  readonly consumer: string;
  readonly eventSourceArn: string;
  readonly item: string;
}

/** `past`: nobody waits for it, for the item is not parked any more, or its place is settled. */
export type Turn = 'now' | 'later' | 'past';

/** The changes of a parked item, by their sequence numbers: the one that began it, and the latest that has a place. */
export interface ParkedSpan {
  readonly first: string;
  readonly last: string;
}

/** What a ledger remembers of items, beside the work on their changes. Its methods throw a LedgerError. */
export interface ItemMemory {
  /** Undefined: the item is not parked. */
  readonly find: (item: ItemName, clock: Clock) => Promise<ParkedSpan | undefined>;
  /** The item's next place for a letter; the same letter that asks again gets the same. Parks the item if it is not. */
  readonly park: (item: ItemName, letter: Arrival, clock: Clock) => Promise<ParkingPlace>;
  /** The next place, unless the item is not parked (any more): then undefined. */
  readonly join: (item: ItemName, letter: Arrival, clock: Clock) => Promise<ParkingPlace | undefined>;
  /** The letter for that place is in the queue. Until that is said the place holds up nobody, and is given again. */
  readonly kept: (item: ItemName, place: ParkingPlace, clock: Clock) => Promise<void>;
  readonly turnOf: (item: ItemName, place: ParkingPlace, clock: Clock) => Promise<Turn>;
  /** The letter at that place is settled; with the last one the item is not parked any more. */
  readonly leave: (item: ItemName, place: ParkingPlace, clock: Clock) => Promise<void>;
  /** The item is not parked any more, whatever letters it has. Whether it was. */
  readonly open: (item: ItemName, clock: Clock) => Promise<boolean>;
  /** The latest change of the item that was replayed; undefined: none, as far as is remembered. */
  readonly lastReplayed: (item: ItemName, clock: Clock) => Promise<string | undefined>;
  readonly markReplayed: (item: ItemName, sequenceNumber: string, clock: Clock) => Promise<void>;
}

export type Clock = Pick<Runtime, 'now'>;
