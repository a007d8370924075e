import type { S3Place } from '../../dead-letter/encode-letter.ts';
import type { RawRecord } from '../../stream/record.ts';
import { isObject } from '../../stream/record.ts';
import { ReplayError } from '../../errors.ts';
import type { Found, Pointer, Range } from '../reading/found.ts';
import type { Holdings } from './holdings.ts';
import { isSelected } from './is-selected.ts';
import type { Numbering } from './numbering.ts';
import type { Piece } from './piece.ts';
import type { QueueMessage } from '../queue/queue.ts';
import type { ExpiredOptions, RunOptions } from './run-options.ts';
import type { Tally } from './tally.ts';
import type { WorkIndex } from './work-index.ts';

export interface CollectParts {
  readonly options: RunOptions;
  readonly holdings: Holdings;
  readonly works: WorkIndex;
  readonly tally: Tally;
  /** The letters that the replay itself has written or caused: not for this replay. */
  readonly caused: Numbering;
  /** Whether a work of an earlier round is settled; undefined for one that is still to be run. */
  readonly isSettled: (work: number) => boolean | undefined;
}

/** Takes in a message that was received: files the work in it, and what does not concern us is only held. */
export function createTakeIn(parts: CollectParts): (message: QueueMessage, number: number) => Promise<void> {
  const { options, tally } = parts;
  const { selection, readMessage } = options;

  return async (message, number) => {
    const found = await readMessage(message);
    if (found.kind === 'letter' && parts.caused.has(found.letter.id)) return;
    if (!isSelected(found, message, selection)) {
      // Nobody asked for it: why it stays is what `list` says.
      if (found.kind === 'foreign') tally.countForeign();
      return;
    }
    if (found.kind === 'foreign') {
      leaveForeign(parts, message, found.why);
      tally.countSelected(1);
      return;
    }
    const pieces = await piecesOf(found, message, parts);
    if (pieces.kind === 'interrupted') {
      tally.countSelected(1);
      return;
    }
    if (pieces.kind === 'none') {
      tally.countSelected(1);
      if (pieces.isExpired) tally.countOutcome('expired', 1);
      tally.leave(message.id, pieces.why);
      return;
    }
    file(pieces, message, number, parts);
  };
}

function leaveForeign({ tally }: CollectParts, { id }: QueueMessage, why: string): void {
  tally.countForeign();
  tally.leave(id, why);
}

type Pieces =
  /** `stays`: why the message is left even when all of them are settled. */
  | { readonly kind: 'some'; readonly pieces: readonly Piece[]; readonly stays?: string }
  | { readonly kind: 'none'; readonly why: string; readonly isExpired: boolean }
  | { readonly kind: 'interrupted' };

async function piecesOf(
  found: Exclude<Found, { readonly kind: 'foreign' }>,
  message: QueueMessage,
  { options }: CollectParts,
): Promise<Pieces> {
  if (found.kind === 'letter') {
    const recordS3 = placeIn(message.body);
    const { attributes, rawAttributes } = message;
    const piece: Piece = {
      kind: 'letter',
      letter: found.letter,
      ...(recordS3 && { recordS3 }),
      attributes,
      ...(rawAttributes && { rawAttributes }),
    };
    return { kind: 'some', pieces: [piece] };
  }
  const { pointer } = found;
  const refusal = options.target.refusalOfPointer(pointer.functionName);
  if (refusal !== undefined) return { kind: 'none', why: refusal, isExpired: false };
  let range: Range;
  try {
    range = await options.readRange(pointer);
  } catch (error) {
    // What is not read because of an interruption is given back like all the rest.
    if (options.signal.aborted) return { kind: 'interrupted' };
    // What stands in the way of one pointer is none of the letters'.
    if (!(error instanceof ReplayError)) throw error;
    return { kind: 'none', why: error.message, isExpired: false };
  }
  if (range.kind === 'whole')
    return range.records.length > 0
      ? { kind: 'some', pieces: range.records.map((record, index) => pieceOf(pointer, record, index, range)) }
      : {
          kind: 'none',
          why: `none of the ${pointer.batchSize} records it points to is to be found between its numbers: does the filter fit?`,
          isExpired: false,
        };
  if (options.expired === undefined)
    return {
      kind: 'none',
      why:
        `${range.why} ${range.records.length} of its ${pointer.batchSize} records can still be had. --from-table runs these, and ` +
        'in place of those that are lost the items that it names, as they are now.',
      isExpired: true,
    };
  return piecesOfExpired(pointer, range, options.expired, options.signal);
}

async function piecesOfExpired(
  pointer: Pointer,
  range: Extract<Range, { readonly kind: 'expired' }>,
  { fromTable, settles = false }: ExpiredOptions,
  signal: AbortSignal,
): Promise<Pieces> {
  let items: readonly RawRecord[];
  try {
    items = await fromTable(pointer);
  } catch (error) {
    if (signal.aborted) return { kind: 'interrupted' };
    if (!(error instanceof ReplayError)) throw error;
    return { kind: 'none', why: `${range.why} ${error.message}`, isExpired: true };
  }
  const records = [...range.records, ...items];
  if (records.length === 0)
    return {
      kind: 'none',
      why: `${range.why} None of its records can be had, and none of the items that --from-table names is there.`,
      isExpired: true,
    };
  return {
    kind: 'some',
    pieces: records.map((record, index) => pieceOf(pointer, record, index, { isExact: false })),
    ...(!settles && { stays: staysAfter(pointer, range) }),
  };
}

/** Records of other batches may lie among those that are there, so more may be lost than are missing. */
function staysAfter(
  { id, batchSize }: Pointer,
  { records, why }: { records: readonly unknown[]; why: string },
) {
  const lost = batchSize - records.length;
  return (
    `${why} ${lost > 0 ? `At least ${lost}` : 'Some'} of its ${batchSize} records are lost, and nobody knows of which items. ` +
    'What there is runs, but the pointer stays: when all its items were seen to, ' +
    `\`spillway dlq drop --id ${id}\` removes it.`
  );
}

const pieceOf = (
  pointer: Pointer,
  record: RawRecord,
  index: number,
  { isExact }: { readonly isExact: boolean },
): Piece => ({
  kind: 'record',
  pointerId: pointer.id,
  index,
  functionName: pointer.functionName,
  record,
  isExact,
  bounds: { first: pointer.first, last: pointer.last },
});

/** Where the record of a letter lies; most lie in the message, which need not be read a second time. */
function placeIn(body: string): S3Place | undefined {
  if (!body.includes('"recordS3"')) return undefined;
  const content: unknown = JSON.parse(body);
  const place = isObject(content) ? content['recordS3'] : undefined;
  return isObject(place) && typeof place['bucket'] === 'string' && typeof place['key'] === 'string'
    ? { bucket: place['bucket'], key: place['key'] }
    : undefined;
}

function file(
  { pieces, stays }: Extract<Pieces, { readonly kind: 'some' }>,
  message: QueueMessage,
  number: number,
  parts: CollectParts,
): void {
  const { holdings, works, tally, isSettled } = parts;
  let filed: readonly { readonly work: number; readonly isNew: boolean }[];
  try {
    filed = pieces.map((piece) => works.add(piece, number, message.sentAtMs));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    leaveForeign(
      parts,
      message,
      'the record in it is nested too deeply to be one of DynamoDB; it was left as it is',
    );
    return;
  }
  const settled = filed.map(({ work }) => isSettled(work));
  // A letter that failed in this replay and has come again: it was counted, and waits for the next.
  if (filed.length > 0 && settled.every((one) => one === false)) return;
  tally.countSelected(1);
  if (stays !== undefined) {
    tally.countOutcome('expired', 1);
    tally.leave(message.id, stays);
    return;
  }
  holdings.expect(number, filed.length);
  for (const one of settled) if (one === true) holdings.settlePiece(number);
}
