import type { ReplayOrder, ReplayWork } from '../../reporting/replay-protocol.ts';
import { framedKeys, laneOf } from '../../stream/lane.ts';
import type { RawRecord } from '../../stream/record.ts';

/** A piece of work, written as it travels. */
export interface Piece {
  readonly record: RawRecord;
  readonly work: ReplayWork;
  /** Its item, the same for all that could not be read: they are kept in order too. */
  readonly item: string;
  readonly recordJson: string;
  readonly workJson: string;
  /** In UTF-8, the commas included. */
  readonly bytes: number;
}

/** Of a synchronous invocation.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const largestRequestBytes = 6 * 1_024 * 1_024;
/** As many as a mapping hands over if it is not told otherwise: a function is made for so many, and its answer has the
 * same limit, with an error for each at worst. */
const mostWorks = 100;

export const piecesOf = (records: readonly RawRecord[], works: readonly ReplayWork[]): readonly Piece[] =>
  records.flatMap((record, index) => {
    const work = works[index];
    if (work === undefined) return [];
    const [recordJson, workJson] = [JSON.stringify(record), JSON.stringify(work)];
    const bytes = Buffer.byteLength(recordJson) + Buffer.byteLength(workJson) + ',,'.length;
    return [{ record, work, item: itemOf(record), recordJson, workJson, bytes }];
  });

function itemOf(record: RawRecord): string {
  const { eventSourceArn, keys } = framedKeys(record);
  return keys === undefined ? '' : laneOf({ eventSourceArn, keys });
}

/** Whether not even an invocation of its own has room for it. */
export const isTooLarge = (piece: Piece, order: ReplayOrder): boolean => piece.bytes > roomIn(order);

/** Cuts what there is into requests that Lambda takes, in its order. */
export function cutParts(pieces: readonly Piece[], order: ReplayOrder): readonly (readonly Piece[])[] {
  const parts: Piece[][] = [];
  let room = 0;
  for (const piece of pieces) {
    const last = parts.at(-1);
    if (last !== undefined && last.length < mostWorks && piece.bytes <= room) {
      last.push(piece);
      room -= piece.bytes;
    } else {
      parts.push([piece]);
      room = roomIn(order) - piece.bytes;
    }
  }
  return parts;
}

const roomIn = (order: ReplayOrder): number =>
  largestRequestBytes - Buffer.byteLength(requestText([], order));

/** The request as JSON; its records, which may be megabytes, are written once. */
export function requestText(pieces: readonly Piece[], { version, concurrency }: ReplayOrder): string {
  const records = pieces.map(({ recordJson }) => recordJson).join(',');
  const works = pieces.map(({ workJson }) => workJson).join(',');
  const order = JSON.stringify({ version, concurrency });
  return `{"Records":[${records}],"spillwayReplay":${order.slice(0, -1)},"works":[${works}]}}`;
}
