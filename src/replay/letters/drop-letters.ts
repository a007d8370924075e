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
   * Whether letters of parked items are dropped too. Default false: they stay, for their items would wait for ever for
   * a letter that is gone. With true, `onDropParked` must say so to the ledger.
   */
  readonly parkedToo?: boolean;
  /** Called with each letter of a parked item, after it was kept and before it is deleted. If it rejects, the letter stays. */
  readonly onDropParked?: (letter: Letter) => Promise<void>;
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
  const { queue, readMessage, selection, confirm, parkedToo = false, signal, waitSeconds, onEvent } = options;
  const { visible } = await queue.facts();
  const parked = new Set<string>();
  /** The messages among these that are to be dropped. */
  const meantAmong = async (messages: readonly QueueMessage[]): Promise<readonly Meant[]> => {
    const meant: Meant[] = [];
    for (const message of messages) {
      const found = await readMessage(message);
      if (!isSelected(found, message, selection)) continue;
      if (isParked(found) && !parkedToo) parked.add(message.id);
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
  const { end } = await surveyQueue({
    ...{ queue, signal, waitSeconds },
    async visit(messages) {
      const all = await meantAmong(messages);
      // What came after the count was not agreed to.
      const meant = confirm === undefined ? all : all.filter(({ message }) => counted.has(message.id));
      const gone = await dropAll(meant, options);
      dropped += gone.length;
      notDeleted += meant.length - gone.length;
      if (gone.length > 0)
        onEvent?.({ kind: 'dropping', dropped, expected: confirm === undefined ? visible : counted.size });
      return messages.filter((message) => !gone.includes(message));
    },
  });
  const all = confirm === undefined ? dropped + notDeleted : counted.size;
  return { meant: all, dropped, parked: parked.size, notDeleted, isConfirmed: true, end };
}

const isParked = (found: Found): boolean => found.kind === 'letter' && found.letter.parked !== undefined;

/** Resolves to the messages that are gone. */
async function dropAll(meant: readonly Meant[], options: DropOptions): Promise<readonly QueueMessage[]> {
  const { queue, backUp, onDropParked, onEvent } = options;
  if (meant.length === 0) return [];
  await backUp?.(meant.map(({ message }) => exportedLine(message)).join(''));
  const ready: QueueMessage[] = [];
  for (const { message, found } of meant)
    try {
      if (found.kind === 'letter' && isParked(found)) await onDropParked?.(found.letter);
      ready.push(message);
    } catch (error) {
      onEvent?.({ kind: 'kept', messageId: message.id, error });
    }
  const notTaken = await queue.delete(ready.map(({ receipt }) => receipt));
  return ready.filter(({ receipt }) => !notTaken.includes(receipt));
}
