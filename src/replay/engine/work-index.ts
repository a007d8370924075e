import type { ParkingPlace } from '../../idempotency/item-memory.ts';
import { createPlaces } from './holdings.ts';
import { createNumbering } from './numbering.ts';
import type { Piece } from './piece.ts';
import { createLaneNames } from './lane-names.ts';
import { ageOf, groupOf, identityOf, recordOf, standingOf } from './piece.ts';
import type { Spool } from './spool.ts';

/** All pieces of work of a replay, by numbers; what is large of them lies in the spool. */
export interface WorkIndex {
  readonly size: number;
  /** The number of a piece, and whether another message has brought it before. */
  add(piece: Piece, message: number, sentAtMs: number): { readonly work: number; readonly isNew: boolean };
  /** Number of its item, for its consumer; a record that cannot be read has a number of its own. */
  laneOf(work: number): number;
  /** Digits without leading zeros; empty if it has none. */
  sequenceOf(work: number): string;
  createdAtMsOf(work: number): number;
  sentAtMsOf(work: number): number;
  /** Number of those that may travel in a request with it. */
  groupOf(work: number): number;
  bytesOf(work: number): number;
  messagesOf(work: number): readonly number[];
  /** Where it stands among the letters of its item, if that is parked. */
  parkedOf(work: number): ParkingPlace | undefined;
  read(work: number): Piece;
}

export function createWorkIndex(spool: Spool): WorkIndex {
  const identities = createNumbering();
  const laneNames = createLaneNames();
  /** There are as many as functions and consumers. */
  const groupNumbers = new Map<string, number>();
  // Columns, as small as they can be: this is what grows with the queue.
  const places = createPlaces();
  const sequences: string[] = [];
  const createdAtMs: number[] = [];
  const sentAtMs: number[] = [];
  const groups: number[] = [];
  const messages: number[] = [];
  /** Of the few that lie in the queue more than once. */
  const moreMessages = new Map<number, readonly number[]>();
  const parked = new Map<number, ParkingPlace>();

  return {
    get size() {
      return identities.size;
    },
    add(piece, message, sentAt) {
      const record = recordOf(piece);
      // All that can fail on an odd record comes before anything is kept of it.
      const text = JSON.stringify(piece);
      const standing = standingOf(record);
      const { number: work, isNew } = identities.numberOf(identityOf(piece));
      if (!isNew) {
        moreMessages.set(work, [...(moreMessages.get(work) ?? []), message]);
        return { work, isNew };
      }
      places.put(work, spool.append(text));
      laneNames.put(work, piece, standing?.lane ?? `unreadable ${work}`);
      sequences[work] = standing?.sequence.replace(/^0+(?=.)/, '') ?? '';
      createdAtMs[work] = ageOf(record) ?? sentAt;
      sentAtMs[work] = sentAt;
      const group = groupOf(piece);
      if (!groupNumbers.has(group)) groupNumbers.set(group, groupNumbers.size);
      groups[work] = groupNumbers.get(group) ?? 0;
      messages[work] = message;
      if (piece.kind === 'letter' && piece.letter.parked !== undefined) parked.set(work, piece.letter.parked);
      return { work, isNew };
    },
    laneOf: (work) => laneNames.laneOf(work),
    sequenceOf: (work) => sequences[work] ?? '',
    createdAtMsOf: (work) => createdAtMs[work] ?? 0,
    sentAtMsOf: (work) => sentAtMs[work] ?? 0,
    groupOf: (work) => groups[work] ?? 0,
    parkedOf: (work) => parked.get(work),
    bytesOf: (work) => places.at(work).length,
    messagesOf: (work) => [messages[work] ?? 0, ...(moreMessages.get(work) ?? [])],
    // Written by `add`.
    read: (work) => JSON.parse(spool.read(places.at(work))) as Piece,
  };
}
