import type { Queue, QueueMessage } from './queue.ts';

export interface SurveyOptions {
  readonly queue: Queue;
  /** Sees each message once; resolves to those of them that are to be given back at the end. */
  readonly visit: (messages: readonly QueueMessage[]) => Promise<readonly QueueMessage[]>;
  /** How many messages have been seen. */
  readonly onSeen?: ((seen: number) => void) | undefined;
  /** Aborts: nothing more is received, what was is given back. */
  readonly signal?: AbortSignal | undefined;
  /** How long the messages are kept from others at most. Default 300. */
  readonly visibilitySeconds?: number | undefined;
  /** How long the queue is asked for what may still come. Default 1; 0 only for queues that are one machine. */
  readonly waitSeconds?: number | undefined;
  /** How many messages may be held at once. Default 110,000. */
  readonly mostHeld?: number | undefined;
}

/** `crowded`: no more may be received before others are given back. */
export type SurveyEnd = 'drained' | 'crowded' | 'interrupted';

export interface Survey {
  /** Different messages. */
  readonly seen: number;
  readonly end: SurveyEnd;
  /** Messages that SQS did not take back: others see them when their time is over. */
  readonly notGivenBack: number;
}

const receivesAtOnce = 10;
/** When messages' time is over they come again, and a queue so long would never end. */
const mostWithoutNews = 3 * receivesAtOnce;
/** SQS lets 120,000 messages of a queue be in flight, and others may hold some.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const mostHeldByDefault = 110_000;

/**
 * Sees every message of a queue that can be had, and gives them back when all are seen, whatever happens meanwhile. Held
 * in memory are names and receipts, and no bodies. A receive that is under way is not broken off: what SQS had
 * handed out by then would be nobody's until its time is over.
 */
export async function surveyQueue(options: SurveyOptions): Promise<Survey> {
  const { queue, visit, onSeen, signal, visibilitySeconds = 300, waitSeconds = 1 } = options;
  const { mostHeld = mostHeldByDefault } = options;
  const seen = new Set<string>();
  const held = new Map<string, string>();
  let end: SurveyEnd | 'failed' | undefined;
  let withoutNews = 0;

  const receiveOnce = async (): Promise<void> => {
    const messages = await queue.receive({ visibilitySeconds, waitSeconds });
    if (messages.length === 0) end ??= 'drained';
    const fresh = messages.filter(({ id }) => !seen.has(id));
    for (const { id, receipt } of messages) {
      // The newest receipt counts, of what is still to be given back.
      if (!seen.has(id) || held.has(id)) held.set(id, receipt);
      seen.add(id);
    }
    withoutNews = fresh.length > 0 ? 0 : withoutNews + 1;
    if (withoutNews >= mostWithoutNews) end ??= 'drained';
    if (fresh.length === 0) return;
    const returning = new Set((await visit(fresh)).map(({ id }) => id));
    for (const { id } of fresh) if (!returning.has(id)) held.delete(id);
    onSeen?.(seen.size);
    if (held.size >= mostHeld) end ??= 'crowded';
  };
  const receiveUntilEnd = async (): Promise<void> => {
    try {
      while (end === undefined)
        if (signal?.aborted === true) end = 'interrupted';
        else await receiveOnce();
    } catch (error) {
      end = 'failed';
      throw error;
    }
  };

  const readers = await Promise.allSettled(Array.from({ length: receivesAtOnce }, receiveUntilEnd));
  const givingBack = queue.keep([...held.values()], 0);
  const failed = readers.find((reader) => reader.status === 'rejected');
  if (failed !== undefined) {
    // What went wrong first is what is told.
    await givingBack.catch(() => undefined);
    throw failed.reason;
  }
  const notGivenBack = (await givingBack).length;
  return { seen: seen.size, end: end === undefined || end === 'failed' ? 'drained' : end, notGivenBack };
}
