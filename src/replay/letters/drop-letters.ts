import { exportedLine } from './exported-message.ts';
import type { WriteLines } from './export-letters.ts';
import type { Found } from '../reading/found.ts';
import { isSelected } from '../engine/is-selected.ts';
import type { Queue, QueueMessage } from '../queue/queue.ts';
import type { ReadMessage } from '../engine/run-options.ts';
import type { Selection } from '../engine/selection.ts';
import type { SurveyEnd } from '../queue/survey-queue.ts';
import { surveyQueue } from '../queue/survey-queue.ts';
import type { Letter } from '../../dead-letter/letter.ts';

export interface DropOptions {
  readonly queue: Queue;
  readonly readMessage: ReadMessage;
  /** Which messages. An empty one means all. */
  readonly selection: Selection;
  /** Keeps the lines of what is dropped; resolves when they cannot be lost any more. Undefined: nothing is kept. */
  readonly backUp: WriteLines | undefined;
  /** Asked before anything is dropped, with how many it would be. Default: nobody is asked, and the queue is read once. */
  readonly confirm?: (counts: DropCounts) => Promise<boolean>;
  /**
   * What is done about each letter of a parked item, in their order, after it was kept and before it is deleted: that of
   * `leaveParking(ledger)`. If it rejects, the letter stays. Default: such letters stay, for their items would wait for ever.
   */
  readonly leaveParking?: (letter: Letter) => Promise<void>;
  readonly signal?: AbortSignal;
  readonly waitSeconds?: number;
  readonly onEvent?: (event: DropEvent) => void;
}

export interface DropCounts {
  readonly messages: number;
  /** Letters of parked items, which stay. */
  readonly parked: number;
}

export type DropEvent =
  | { readonly kind: 'counting'; readonly seen: number; readonly expected: number }
  | { readonly kind: 'dropping'; readonly dropped: number; readonly expected: number }
  | { readonly kind: 'kept'; readonly messageId: string; readonly error: unknown };

export interface DropSummary {
  /** Messages that the selection means, but for `parked`. */
  readonly meant: number;
  readonly dropped: number;
  /** Letters of parked items that were meant and stay. */
  readonly parked: number;
  /** Messages that are in the backup and could not be deleted. */
  readonly notDeleted: number;
  readonly isConfirmed: boolean;
  readonly end: SurveyEnd;
}

interface Meant {
  readonly message: QueueMessage;
  readonly found: Found;
}

/** Deletes messages for good. What is dropped is written first, and only what was written is deleted. */
export async function dropDeadLetters(options: DropOptions): Promise<DropSummary> {
  const { queue, readMessage, selection, confirm, leaveParking, signal, waitSeconds, onEvent } = options;
  const { visible } = await queue.facts(signal);
  const parked = new Set<string>();
  /** The messages among these that are to be dropped. */
  const meantAmong = async (messages: readonly QueueMessage[]): Promise<readonly Meant[]> => {
    const meant: Meant[] = [];
    for (const message of messages) {
      const found = await readMessage(message);
      if (!isSelected(certainOf(found), message, selection)) continue;
      if (isParked(found) && leaveParking === undefined) parked.add(message.id);
      else meant.push({ message, found });
    }
    return meant;
  };

  const counted = new Set<string>();
  if (confirm !== undefined) {
    const { end } = await surveyQueue({
      ...{ queue, signal, waitSeconds },
      onSeen: (seen) => onEvent?.({ kind: 'counting', seen, expected: visible }),
      async visit(messages) {
        for (const { message } of await meantAmong(messages)) counted.add(message.id);
        return messages;
      },
    });
    const isConfirmed =
      end !== 'interrupted' && (await confirm({ messages: counted.size, parked: parked.size }));
    if (!isConfirmed)
      return { meant: counted.size, dropped: 0, parked: parked.size, notDeleted: 0, isConfirmed, end };
  }

  let [dropped, notDeleted] = [0, 0];
  /** They are let go in order when all are there. */
  const waiting: Meant[] = [];
  const count = (gone: number, stayed: number): void => {
    dropped += gone;
    notDeleted += stayed;
    const expected = confirm === undefined ? visible : counted.size;
    if (gone > 0) onEvent?.({ kind: 'dropping', dropped, expected });
  };
  const { end } = await surveyQueue({
    ...{ queue, signal, waitSeconds },
    ...(leaveParking !== undefined && { visibilitySeconds: parkedSeconds }),
    async visit(messages) {
      const all = await meantAmong(messages);
      // What came after the count was not agreed to.
      const meant = confirm === undefined ? all : all.filter(({ message }) => counted.has(message.id));
      await keep(meant, options);
      waiting.push(...meant.filter(({ found }) => isParked(found)));
      const gone = await remove(
        meant.flatMap(({ message, found }) => (isParked(found) ? [] : [message])),
        queue,
      );
      count(gone.length, meant.length - gone.length - meant.filter(({ found }) => isParked(found)).length);
      const stays = new Set(messages.map(({ id }) => id));
      for (const { id } of [...gone, ...waiting.map(({ message }) => message)]) stays.delete(id);
      return messages.filter(({ id }) => stays.has(id));
    },
  });
  const gone = await dropParked(waiting, options);
  count(gone, waiting.length - gone);
  const all = confirm === undefined ? dropped + notDeleted : counted.size;
  return { meant: all, dropped, parked: parked.size, notDeleted, isConfirmed: true, end };
}

/** A letter that cannot be read is dropped only if all are, or it by its message: nobody knows whether its item is parked. */
const certainOf = (found: Found): Found =>
  found.kind === 'foreign' ? { kind: 'foreign', why: found.why } : found;

const isParked = (found: Found): boolean => found.kind === 'letter' && found.letter.parked !== undefined;

async function keep(meant: readonly Meant[], { backUp }: DropOptions): Promise<void> {
  if (meant.length > 0) await backUp?.(meant.map(({ message }) => exportedLine(message)).join(''));
}

/** Resolves to the messages that are gone. */
async function remove(messages: readonly QueueMessage[], queue: Queue): Promise<readonly QueueMessage[]> {
  if (messages.length === 0) return [];
  const notTaken = new Set(await queue.delete(messages.map(({ receipt }) => receipt)));
  return messages.filter(({ receipt }) => !notTaken.has(receipt));
}

/** They are held until all are seen, and then let go one after the other. */
const parkedSeconds = 120;

/** Resolves to how many are gone; the others are given back. */
async function dropParked(meant: readonly Meant[], options: DropOptions): Promise<number> {
  const { queue, leaveParking, onEvent } = options;
  const left: QueueMessage[] = [];
  const stays: string[] = [];
  const receipts = meant.map(({ message }) => message.receipt);
  if (receipts.length > 0) await queue.keep(receipts, parkedSeconds);
  for (const { message, found } of meant.toSorted(byPlace))
    try {
      if (found.kind === 'letter') await leaveParking?.(found.letter);
      left.push(message);
    } catch (error) {
      stays.push(message.receipt);
      onEvent?.({ kind: 'kept', messageId: message.id, error });
    }
  const gone = await remove(left, queue);
  if (stays.length > 0) await queue.keep(stays, 0);
  return gone.length;
}

/** Within a parked item; it does not matter which item comes first. */
const byPlace = (a: Meant, b: Meant): number => placeOf(a) - placeOf(b);
const placeOf = ({ found }: Meant): number =>
  found.kind === 'letter' ? (found.letter.parked?.place ?? 0) : 0;
