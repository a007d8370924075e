import type { S3Place } from '../../dead-letter/encode-letter.ts';
import type { Letter } from '../../dead-letter/letter.ts';
import type { GivenUpWork, IfStale, ReplayWork } from '../../reporting/replay-protocol.ts';
import { framedKeys, itemOf, laneOf } from '../../stream/lane.ts';
import { sequenceNumberOf, tableOfRaw } from '../../stream/read-record.ts';
import { createdAtMsOf } from '../../stream/record-facts.ts';
import type { RawRecord } from '../../stream/record.ts';
import { isSequenceNumber } from '../../stream/sequence-number.ts';
import type { RawAttributes } from '../queue/queue.ts';
import type { Freshness, ReplayedWork } from './run-options.ts';

/** A piece of work, as it lies in the spool. */
export type Piece = LetterPiece | RecordPiece;

export interface LetterPiece {
  readonly kind: 'letter';
  readonly letter: Letter;
  /** Where its record lies, if not in the message. */
  readonly recordS3?: S3Place;
  /** Of its message. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly rawAttributes?: RawAttributes;
}

/** A record of a pointer. */
export interface RecordPiece extends Pick<GivenUpWork, 'isExact' | 'bounds'> {
  readonly kind: 'record';
  readonly pointerId: string;
  /** Its place in the pointer's range. */
  readonly index: number;
  readonly functionName: string;
  readonly record: RawRecord;
}

export const recordOf = (piece: Piece): RawRecord =>
  piece.kind === 'letter' ? piece.letter.record : piece.record;

/** Different for different work, and the same however many messages hold it. */
export function identityOf(piece: Piece): string {
  if (piece.kind === 'record') return JSON.stringify(['record', piece.pointerId, piece.index]);
  const { id, consumer, route, record, parked } = piece.letter;
  const { keys } = framedKeys(record);
  // A letter made by hand may have the names of another. One that stands in two places of a parked item leaves both.
  return JSON.stringify([
    'letter',
    id,
    consumer,
    route,
    record.eventSourceARN,
    record.eventID,
    sequenceNumberOf(record),
    keys === undefined ? null : itemOf({ keys }),
    parked?.lane,
    parked?.place,
  ]);
}

/** Work of different groups cannot travel in one request. */
export const groupOf = (piece: Piece): string =>
  JSON.stringify(
    piece.kind === 'letter'
      ? ['letter', piece.letter.functionName, piece.letter.consumer]
      : ['record', piece.functionName],
  );

export const functionNameOf = (piece: Piece): string =>
  piece.kind === 'letter' ? piece.letter.functionName : piece.functionName;

/** Whose work it is. Consumers know nothing of each other, and so the order of an item is that of each. */
export const ownerOf = (piece: Piece): string =>
  piece.kind === 'letter' ? piece.letter.consumer : piece.functionName;

/** Where a record stands: undefined for one without item or number, which stands alone. */
export function standingOf(
  record: RawRecord,
): { readonly lane: string; readonly sequence: string } | undefined {
  const { eventSourceArn, keys } = framedKeys(record);
  const sequence = sequenceNumberOf(record);
  if (keys === undefined || !isSequenceNumber(sequence)) return undefined;
  return { lane: laneOf({ eventSourceArn, keys }), sequence };
}

/** Epoch milliseconds; undefined if the record does not say. */
export function ageOf(record: RawRecord): number | undefined {
  const written: unknown = record.dynamodb?.ApproximateCreationDateTime;
  const createdAtMs = typeof written === 'number' ? createdAtMsOf(record) : NaN;
  return Number.isFinite(createdAtMs) ? createdAtMs : undefined;
}

/** @param freshness undefined for what is not judged */
export function workOf(piece: Piece, ifStale: IfStale, freshness?: Freshness): ReplayWork {
  const common = {
    ifStale,
    ...(isOutOfDate(freshness) && { stale: { isSure: freshness.kind === 'stale' } }),
  };
  if (piece.kind === 'record')
    return { kind: 'record', isExact: piece.isExact, bounds: piece.bounds, ...common };
  const { id, consumer, route, parked } = piece.letter;
  return { kind: 'letter', letterId: id, consumer, route, ...(parked && { parked }), ...common };
}

/** What is not known to be fresh is not run unasked. */
export const isOutOfDate = (
  freshness: Freshness | undefined,
): freshness is Exclude<Freshness, { readonly kind: 'fresh' }> =>
  freshness !== undefined && freshness.kind !== 'fresh';

/** What is said of it; it holds no data. */
export function staleError(freshness: Exclude<Freshness, { readonly kind: 'fresh' }>): Letter['error'] {
  const message = freshness.kind === 'stale' ? 'its item has changed since' : freshness.why;
  return { name: 'StaleLetterError', message, stack: '', issues: [] };
}

/** As it is shown. */
export function describePiece(piece: Piece, messageId: string, place: number): ReplayedWork {
  const record = recordOf(piece);
  return {
    messageId,
    id: piece.kind === 'letter' ? piece.letter.id : piece.pointerId,
    source: piece.kind === 'letter' ? 'letter' : 'pointer',
    table: tableOfRaw(record),
    eventName: typeof record.eventName === 'string' ? record.eventName : undefined,
    route: piece.kind === 'letter' ? piece.letter.route : null,
    sequenceNumber: sequenceNumberOf(record),
    keys: framedKeys(record).keys,
    place,
  };
}
