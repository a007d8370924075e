import type { Runtime } from '../../runtime.ts';
import { systemRuntime } from '../../runtime.ts';
import { keepInvisible } from '../engine/keep-invisible.ts';
import { patientSignal } from './patient-signal.ts';
import type { Queue, QueueMessage } from './queue.ts';

export interface SurveyOptions {
  readonly queue: Queue;
  /** Sees each message once; resolves to those of them that are to be given back at the end. */
  readonly visit: (messages: readonly QueueMessage[]) => Promise<readonly QueueMessage[]>;
  /** How many messages have been seen. */
  readonly onSeen?: ((seen: number) => void) | undefined;
  /** Aborts: nothing more is received, what was is given back. */
  readonly signal?: AbortSignal | undefined;
  /** How long the messages are kept from others at a time, which is prolonged while others are read. Default 60. */
  readonly visibilitySeconds?: number | undefined;
  /** How long the queue is asked for what may still come. Default 1; 0 only for queues that are one machine. */
  readonly waitSeconds?: number | undefined;
  /** How many messages may be held at once. Default 110,000. */
  readonly mostHeld?: number | undefined;
  /** Default: the system's. */
  readonly runtime?: Runtime | undefined;
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

/** For so long others wait for what a survey held that was killed. */
export const surveySeconds = 60;
const receivesAtOnce = 10;
/** When messages' time is over they come again, and a queue so long would never end. */
const mostWithoutNews = 3 * receivesAtOnce;
/** SQS lets 120,000 messages of a queue be in flight, and others may hold some.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const mostHeldByDefault = 110_000;

/**
 * Sees every message of a queue that can be had, and gives them back when all are seen, whatever happens meanwhile. Held
 * in memory are names and receipts, and no bodies.
 */
export async function surveyQueue(options: SurveyOptions): Promise<Survey> {
  const { queue, visit, onSeen, signal, visibilitySeconds = surveySeconds, waitSeconds = 1 } = options;
  const { mostHeld = mostHeldByDefault, runtime = systemRuntime } = options;
  const seen = new Set<string>();
  const held = createHeld(queue, visibilitySeconds, runtime);
  const patience = patientSignal(signal, runtime);
  let end: SurveyEnd | 'failed' | undefined;
  let withoutNews = 0;

  const receiveOnce = async (): Promise<void> => {
    const sinceMs = runtime.now();
    const messages = await queue.receive({ visibilitySeconds, waitSeconds, signal: patience.signal });
    if (messages.length === 0) end ??= signal?.aborted === true ? 'interrupted' : 'drained';
    const fresh = messages.filter(({ id }) => !seen.has(id));
    for (const { id, receipt } of messages) {
      // The newest receipt counts, of what is still to be given back.
      if (!seen.has(id) || held.has(id)) held.put(id, receipt, sinceMs);
      seen.add(id);
    }
    withoutNews = fresh.length > 0 ? 0 : withoutNews + 1;
    if (withoutNews >= mostWithoutNews) end ??= 'drained';
    if (fresh.length === 0) return;
    const returning = new Set((await visit(fresh)).map(({ id }) => id));
    for (const { id } of fresh) if (!returning.has(id)) held.release(id);
    onSeen?.(seen.size);
    if (held.size() >= mostHeld) end ??= 'crowded';
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

  const heartbeat = keepInvisible(held, visibilitySeconds, runtime);
  const readers = await Promise.allSettled(Array.from({ length: receivesAtOnce }, receiveUntilEnd));
  patience.close();
  await heartbeat.stop();
  const givingBack = queue.keep(held.receipts(), 0);
  const failed = readers.find((reader) => reader.status === 'rejected');
  if (failed !== undefined) {
    // What went wrong first is what is told.
    await givingBack.catch(() => undefined);
    throw failed.reason;
  }
  const notGivenBack = (await givingBack).length;
  return { seen: seen.size, end: end === undefined || end === 'failed' ? 'drained' : end, notGivenBack };
}

/** What is to be given back, by message, with the receipt that counts. */
function createHeld(queue: Queue, visibilitySeconds: number, { now }: Pick<Runtime, 'now'>) {
  const receipts = new Map<string, string>();
  const keptSinceMs = new Map<string, number>();
  const note = (id: string, receipt: string, sinceMs: number): void => {
    receipts.set(id, receipt);
    keptSinceMs.set(id, sinceMs);
  };
  return {
    size: () => receipts.size,
    has: (id: string) => receipts.has(id),
    put: note,
    release(id: string): void {
      receipts.delete(id);
      keptSinceMs.delete(id);
    },
    receipts: (): readonly string[] => [...receipts.values()],
    /** Of what has a third of its time behind it; what SQS does not take comes again, and is then known already. */
    async prolong(): Promise<void> {
      const sinceMs = now();
      const due = [...receipts].filter(
        ([id]) => sinceMs - (keptSinceMs.get(id) ?? 0) >= (visibilitySeconds * 1_000) / 3,
      );
      if (due.length === 0) return;
      const kept = due.map(([, receipt]) => receipt);
      const untaken = await queue.keep(kept, visibilitySeconds).catch(() => kept);
      const notKept = new Set(untaken);
      for (const [id, receipt] of due)
        if (!notKept.has(receipt) && receipts.get(id) === receipt) note(id, receipt, sinceMs);
    },
  };
}
