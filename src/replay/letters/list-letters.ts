import type { Queue, QueueFacts } from '../queue/queue.ts';
import type { FoundFacts } from './describe-found.ts';
import { describeFound } from './describe-found.ts';
import { isSelected } from '../engine/is-selected.ts';
import type { ReadMessage } from '../engine/run-options.ts';
import type { Selection } from '../engine/selection.ts';
import type { SurveyEnd } from '../queue/survey-queue.ts';
import { surveyQueue } from '../queue/survey-queue.ts';

export interface ListOptions {
  readonly queue: Queue;
  readonly readMessage: ReadMessage;
  /** Which messages. Default: all. */
  readonly selection?: Selection;
  /** How many rows at most, the oldest first; the others are only counted. Default 50. */
  readonly limit?: number;
  readonly signal?: AbortSignal;
  readonly waitSeconds?: number;
  readonly onEvent?: (event: ListEvent) => void;
}

export interface ListEvent {
  readonly kind: 'reading';
  readonly seen: number;
  /** What SQS counts, approximately. */
  readonly expected: number;
}

export interface LetterList {
  /** What was given up first stands first. */
  readonly rows: readonly ListedMessage[];
  /** By route and error, the most frequent first. */
  readonly totals: readonly ListTotal[];
  /** Whose letters these are, the most frequent first. A pointer names a function and no consumer. */
  readonly consumers: readonly { readonly name: string; readonly messages: number }[];
  /** Messages that the selection means. */
  readonly selected: number;
  /** Different messages that were looked at. */
  readonly seen: number;
  /** Of all that were looked at, when the oldest was sent; epoch milliseconds. */
  readonly oldestSentAtMs: number | undefined;
  /** As SQS counted before anything was received. */
  readonly facts: QueueFacts;
  readonly end: SurveyEnd;
  /** Whether there are messages that could not be looked at, because others of their FIFO group stand before them. */
  readonly isAtLeast: boolean;
  readonly notGivenBack: number;
}

export interface ListedMessage {
  readonly facts: FoundFacts;
  /** As much of its id as no other message's begins with. */
  readonly shortId: string;
}

export interface ListTotal {
  readonly kind: FoundFacts['kind'];
  readonly route: string | null;
  /** Of a pointer its condition, of a foreign message why it is none of ours. */
  readonly error: string;
  readonly messages: number;
}

/** Lists what lies in a queue, without consuming it. What is held in memory does not grow with the messages' sizes. */
export async function listDeadLetters(options: ListOptions): Promise<LetterList> {
  const { queue, readMessage, selection = {}, limit = 50, signal, waitSeconds, onEvent } = options;
  const facts = await queue.facts(signal);
  const totals = new Map<string, ListTotal>();
  const consumers = new Map<string, number>();
  const beginnings = createBeginnings();
  let kept: FoundFacts[] = [];
  let selected = 0;
  let oldestSentAtMs: number | undefined;

  const survey = await surveyQueue({
    ...{ queue, signal, waitSeconds },
    onSeen: (seen) => onEvent?.({ kind: 'reading', seen, expected: facts.visible }),
    async visit(messages) {
      for (const message of messages) {
        const found = await readMessage(message);
        const row = describeFound(found, message);
        beginnings.add(row.id);
        oldestSentAtMs = Math.min(oldestSentAtMs ?? Infinity, message.sentAtMs);
        if (!isSelected(found, message, selection)) continue;
        selected += 1;
        count(totals, row);
        if (row.kind === 'letter') consumers.set(row.consumer, (consumers.get(row.consumer) ?? 0) + 1);
        kept.push(row);
      }
      // Not with each message: sorting is what would take long.
      if (kept.length > 2 * limit + 100) kept = oldest(kept, limit);
      return messages;
    },
  });
  return {
    rows: oldest(kept, limit).map((row) => ({ facts: row, shortId: beginnings.shortIdOf(row) })),
    totals: [...totals]
      .sort(([a, { messages }], [b, other]) => other.messages - messages || (a < b ? -1 : 1))
      .map(([, total]) => total),
    consumers: [...consumers]
      .map(([name, messages]) => ({ name, messages }))
      .sort((a, b) => b.messages - a.messages || (a.name < b.name ? -1 : 1)),
    selected,
    seen: survey.seen,
    oldestSentAtMs,
    facts,
    end: survey.end,
    isAtLeast: survey.end !== 'drained' || (queue.isFifo && survey.seen < facts.visible),
    notGivenBack: survey.notGivenBack,
  };
}

const oldest = (rows: readonly FoundFacts[], limit: number): FoundFacts[] =>
  rows.toSorted((a, b) => a.givenUpAtMs - b.givenUpAtMs || (a.id < b.id ? -1 : 1)).slice(0, limit);

function count(totals: Map<string, ListTotal>, row: FoundFacts): void {
  const { kind } = row;
  const route = kind === 'letter' ? row.route : null;
  const error = kind === 'letter' ? row.errorName : kind === 'pointer' ? row.condition : row.why;
  const key = JSON.stringify([kind, route, error]);
  totals.set(key, { kind, route, error, messages: (totals.get(key)?.messages ?? 0) + 1 });
}

/** Of strings up to this length V8 copies a part instead of holding on to the whole. */
const shortLength = 12;

/** Knows of every id its beginning, and whether that is one message's alone. */
function createBeginnings() {
  const once = new Set<string>();
  const several = new Set<string>();
  return {
    add(id: string): void {
      const beginning = id.slice(0, shortLength);
      if (once.has(beginning)) several.add(beginning);
      once.add(beginning);
    },
    /** The message's own id where the letter's says too little: a standard queue may hold a letter twice. */
    shortIdOf({ id, messageId }: FoundFacts): string {
      const beginning = id.slice(0, shortLength);
      return several.has(beginning) ? messageId : beginning;
    },
  };
}
