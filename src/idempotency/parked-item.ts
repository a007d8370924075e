import { compareSequenceNumbers } from '../stream/sequence-number.ts';
import type { ParkedSpan, ParkingPlace, Turn } from './item-memory.ts';

/** A parked item: its letters have places, which are taken, and settled, one after the other. Pure values. */
export interface ParkedItem {
  readonly lane: string;
  readonly taken: number;
  readonly settled: number;
  /** Who took the last place: it may ask again, for its letter may not have been sent. */
  readonly lastLetter: string;
  /** Whether the last place's letter is in the queue. If not it may never come: Lambda may have given its change up. */
  readonly isLastKept: boolean;
  /** The change that began it, and the latest that has a place. */
  readonly first: string;
  readonly last: string;
}

/** A letter that wants a place, and the change it is of. */
export interface Arrival {
  readonly letterId: string;
  readonly sequenceNumber: string;
}

/** Whether letters that are in the queue wait to be settled. A place whose letter is not there holds up nobody. */
export const isWaiting = (parked: ParkedItem): boolean => parked.settled < keptPlaces(parked);

const keptPlaces = ({ taken, isLastKept }: ParkedItem): number => (isLastKept ? taken : taken - 1);

export const spanOf = ({ first, last }: ParkedItem): ParkedSpan => ({ first, last });

/** The next place. A last one whose letter is not in the queue is given again: to the same letter, or to another. */
export function takePlace(
  parked: ParkedItem | undefined,
  { letterId, sequenceNumber }: Arrival,
  newLane: () => string,
): { readonly become: ParkedItem | 'same'; readonly place: ParkingPlace } {
  if (parked !== undefined && parked.lastLetter === letterId)
    return { become: 'same', place: { lane: parked.lane, place: parked.taken - 1 } };
  const common = { lastLetter: letterId, isLastKept: false, last: sequenceNumber };
  if (parked === undefined || !isWaiting(parked)) {
    const lane = newLane();
    return {
      become: { lane, taken: 1, settled: 0, first: sequenceNumber, ...common },
      place: { lane, place: 0 },
    };
  }
  const { lane, settled, first, last } = parked;
  const place = keptPlaces(parked);
  const isLater = compareSequenceNumbers(sequenceNumber, last) > 0;
  return {
    become: { lane, taken: place + 1, settled, first, ...common, last: isLater ? sequenceNumber : last },
    place: { lane, place },
  };
}

/** The letter at that place is in the queue. */
export const keepPlace = (parked: ParkedItem, { lane, place }: ParkingPlace): ParkedItem | 'same' =>
  parked.lane === lane && parked.taken === place + 1 && !parked.isLastKept
    ? { ...parked, isLastKept: true }
    : 'same';

export function turnAt(parked: ParkedItem | undefined, { lane, place }: ParkingPlace): Turn {
  if (parked === undefined || parked.lane !== lane || !isWaiting(parked) || place < parked.settled)
    return 'past';
  return place === parked.settled ? 'now' : 'later';
}

/** The letter at that place is settled. With the last that is in the queue the item is open. */
export function leavePlace(parked: ParkedItem, { lane, place }: ParkingPlace): ParkedItem | 'same' | 'open' {
  if (parked.lane !== lane || parked.settled !== place) return 'same';
  const next = { ...parked, settled: place + 1 };
  return isWaiting(next) ? next : 'open';
}
