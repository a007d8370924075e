import type { Holdings } from './holdings.ts';
import { factsUnlessAborted } from '../queue/facts-unless-aborted.ts';
import { patientSignal } from '../queue/patient-signal.ts';
import type { QueueMessage } from '../queue/queue.ts';
import type { RunOptions } from './run-options.ts';

/** SQS allows 120,000 messages in flight.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const mostHeld = 100_000;
const receiversAtOnce = 6;
/** A look that asks all of SQS's servers, and not some of them. */
const thoroughSeconds = 1;
/** How many such looks in a row must find nothing, while SQS counts something, before its count is taken to be old. */
const looksAgainstCount = 5;

export interface Received {
  readonly newMessages: number;
  /** There may be more, when some of what is held is settled. */
  readonly isFull: boolean;
  /** What the queue gives nobody yet; undefined: it was not asked. */
  readonly delayed: number | undefined;
}

/** Receives all that is there, as far as it may be held at a time. */
export async function receiveAll(
  options: Pick<RunOptions, 'queue' | 'runtime' | 'signal' | 'visibilitySeconds' | 'onEvent'>,
  holdings: Pick<Holdings, 'take' | 'heldCount'>,
  takeIn: (message: QueueMessage, number: number) => Promise<void>,
): Promise<Received> {
  const { queue, runtime, signal, visibilitySeconds, onEvent } = options;
  let newMessages = 0;
  let visible = 0;
  let delayed: number | undefined;
  const patience = patientSignal(signal, runtime);
  const isFull = () => holdings.heldCount >= mostHeld;
  let hasFailed = false;
  const isOver = () => signal.aborted || hasFailed || isFull();

  /** What cannot be noted is given back at once: nobody would do it later. */
  const takeAll = async (messages: readonly QueueMessage[], sinceMs: number) => {
    try {
      return messages.map((message) => ({ message, ...holdings.take(message, sinceMs) }));
    } catch (error) {
      const receipts = messages.map(({ receipt }) => receipt);
      await queue.keep(receipts, 0).catch(() => undefined);
      throw error;
    }
  };
  /** @returns how many were received */
  const receive = async (waitSeconds: number): Promise<number> => {
    const sinceMs = runtime.now();
    const messages = await queue.receive({ visibilitySeconds, waitSeconds, signal: patience.signal });
    const taken = await takeAll(messages, sinceMs);
    const fresh = taken.filter(({ isNew }) => isNew);
    await Promise.all(fresh.map(({ message, number }) => takeIn(message, number)));
    newMessages += fresh.length;
    if (fresh.length > 0)
      onEvent({ kind: 'collecting', messages: newMessages, expected: Math.max(visible, newMessages) });
    return messages.length;
  };
  const receiveUntilEmpty = async (): Promise<void> => {
    try {
      while (!isOver() && (await receive(0)) > 0);
    } catch (error) {
      hasFailed = true;
      throw error;
    }
  };

  /** @returns whether there may be more */
  const receiveSome = async (looks: number): Promise<boolean> => {
    ({ visible } = (await factsUnlessAborted(queue, signal)) ?? { visible });
    const before = newMessages;
    // What one has received must be filed before anything is given back, so all are waited for, whatever one meets with.
    const ends = await Promise.allSettled(Array.from({ length: receiversAtOnce }, receiveUntilEmpty));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    // A group's next messages come when these are deleted: another round will look for them.
    if (isOver() || (queue.isFifo && newMessages > 0)) return false;
    const facts = await factsUnlessAborted(queue, signal);
    if (facts === undefined) return false;
    ({ delayed } = facts);
    // What is held and what SQS counts agree: there is no more. (A FIFO queue counts what it does not give yet.)
    if (facts.visible === 0 && delayed === 0 && facts.inFlight === holdings.heldCount) return false;
    if ((await receive(thoroughSeconds)) > 0) return true;
    // What is delayed may be about to come.
    const isCounted = (facts.visible > 0 && !queue.isFifo) || delayed > 0;
    return isCounted && (newMessages > before || looks < looksAgainstCount);
  };

  try {
    for (let looks = 0, mayBeMore = true; mayBeMore && !isOver(); looks += 1) {
      const before = newMessages;
      mayBeMore = await receiveSome(looks);
      if (newMessages > before) looks = 0;
    }
  } finally {
    patience.close();
  }
  return { newMessages, isFull: isFull(), delayed };
}
