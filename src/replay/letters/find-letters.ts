import type { Found } from '../reading/found.ts';
import { isSelected } from '../engine/is-selected.ts';
import type { Queue, QueueMessage } from '../queue/queue.ts';
import type { ReadMessage } from '../engine/run-options.ts';
import type { Survey } from '../queue/survey-queue.ts';
import { surveyQueue } from '../queue/survey-queue.ts';

export interface FindOptions {
  readonly queue: Queue;
  readonly readMessage: ReadMessage;
  /** A letter's, pointer's or message's id, or how it begins. */
  readonly id: string;
  /** How many are held at most; the others are only counted. Default 20. */
  readonly most?: number;
  readonly signal?: AbortSignal;
  readonly waitSeconds?: number;
  readonly onEvent?: (event: { readonly seen: number; readonly expected: number }) => void;
}

export interface FoundMessage {
  readonly found: Found;
  readonly message: QueueMessage;
}

export interface FoundMessages extends Survey {
  readonly matches: readonly FoundMessage[];
  /** Those that are not held too. */
  readonly matching: number;
}

/** Finds the messages that an id names, with all that is in them, without consuming any. */
export async function findDeadLetters(options: FindOptions): Promise<FoundMessages> {
  const { queue, readMessage, id, most = 20, signal, waitSeconds, onEvent } = options;
  const { visible } = await queue.facts(signal);
  const matches: FoundMessage[] = [];
  let matching = 0;
  const survey = await surveyQueue({
    ...{ queue, signal, waitSeconds },
    onSeen: (seen) => onEvent?.({ seen, expected: visible }),
    async visit(messages) {
      for (const message of messages) {
        const found = await readMessage(message);
        if (!isSelected(found, message, { ids: [id] })) continue;
        matching += 1;
        if (matches.length < most) matches.push({ found, message });
      }
      return messages;
    },
  });
  const whole = matches.filter(({ found, message }) => message.id === id || idOf(found) === id);
  // Whole ids are meant as they are, though others may begin so.
  return whole.length > 0
    ? { ...survey, matches: whole, matching: whole.length }
    : { ...survey, matches, matching };
}

function idOf(found: Found): string | undefined {
  switch (found.kind) {
    case 'letter':
      return found.letter.id;
    case 'pointer':
      return found.pointer.id;
    case 'foreign':
      return undefined;
  }
}
