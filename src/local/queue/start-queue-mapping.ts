import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { LocalStackError } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import type { Invoke } from '../function/invocation.ts';
import { backOffMs } from '../mapping/back-off.ts';
import type { MappingObservers } from '../mapping/mapping-observers.ts';
import { unconfirmed } from '../mapping/unconfirmed.ts';
import { judgeMessages } from './judge-messages.ts';
import { cutBySize, forFilter, queueRecord } from './queue-event.ts';
import type { QueueSettings } from './queue-settings.ts';

export interface QueueMappingParts extends Pick<MappingObservers, 'onInvocation' | 'onError'> {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly region: string;
  readonly settings: QueueSettings;
  readonly invoke: Invoke;
  readonly clock: Clock;
}

export interface QueueMapping {
  /** Receives no more, and lets running invocations end; `abandon` does not wait for them. */
  readonly stop: (options?: { readonly abandon?: boolean }) => Promise<void>;
}

/** What one request of SQS takes or gives at most. */
const messagesAtOnce = 10;
/** A longer wait would hold up the end, and one that is broken off may swallow messages. */
const waitSeconds = 1;

/**
 * Does what Lambda's event source mapping does for a queue: receives, filters, invokes, and deletes what was done. The
 * rest comes again when the queue's visibility timeout is over; how often, the queue's redrive policy decides. Messages of a
 * FIFO group are in order because the queue gives none of them out while an earlier one is in hand.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function startQueueMapping(parts: QueueMappingParts): QueueMapping {
  const { sqs, queueUrl: QueueUrl, settings, clock } = parts;
  const stopping = new AbortController();
  const abandoning = new AbortController();
  const running = new Set<Promise<void>>();
  const isFifo = parts.queueArn.endsWith('.fifo');
  const isStopping = () => stopping.signal.aborted;

  const receive = async (most: number): Promise<readonly Message[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: Math.min(messagesAtOnce, most),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  };
  /** The next batch, when it is full or its window is over. */
  const gather = async (): Promise<readonly Message[]> => {
    const messages = [...(await receive(settings.batchSize))];
    const dueAt = clock.now() + settings.batchingWindowMs;
    while (
      messages.length > 0 &&
      messages.length < settings.batchSize &&
      clock.now() < dueAt &&
      !isStopping()
    ) {
      // What is in hand is handed over first; if the queue is gone, the next batch tells.
      const more = await receive(settings.batchSize - messages.length).catch(() => undefined);
      if (more === undefined) break;
      messages.push(...more);
    }
    return messages;
  };
  const deleteAll = (records: readonly SQSRecord[]) =>
    inTens(records, (Entries) => sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries })));
  /** What was received in vain, so that who comes next need not wait for it. */
  const giveBack = (records: readonly SQSRecord[]) =>
    inTens(records, (entries) => {
      const Entries = entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 }));
      return sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
    });

  /** @returns whether all of them are done */
  const deliver = async (records: readonly SQSRecord[]): Promise<boolean> => {
    const event = JSON.stringify({ Records: records });
    const { requestId, durationMs, result } = await parts.invoke(event, abandoning.signal);
    if (result.kind === 'abandoned') return false;
    const ids = records.map(({ messageId }) => messageId);
    const { outcome, done } = judgeMessages(result, ids, settings.reportBatchItemFailures);
    parts.onInvocation({
      shardId: parts.queueArn.split(':').at(-1) ?? '',
      requestId,
      attempt: Math.max(...records.map(({ attributes }) => Number(attributes.ApproximateReceiveCount))),
      batchSize: records.length,
      startSequenceNumber: ids[0] ?? '',
      endSequenceNumber: ids.at(-1) ?? '',
      durationMs,
      outcome,
      next: done.size > 0 ? 'advance' : 'retry',
    });
    await deleteAll(records.filter(({ messageId }) => done.has(messageId)));
    return done.size === records.length;
  };
  const handle = async (messages: readonly Message[]): Promise<void> => {
    const records = messages.map((message) => queueRecord(message, parts));
    if (isStopping()) return giveBack(records);
    const { wanted = [], filtered = [] } = Object.groupBy(records, (record) =>
      settings.passes(forFilter(record)) ? 'wanted' : 'filtered',
    );
    await deleteAll(filtered);
    // In a FIFO queue nothing runs behind what failed: it comes again with that.
    for (const batch of cutBySize(wanted)) if (!(await deliver(batch)) && isFifo) return;
  };
  const tell = (cause: unknown) => {
    if (!isStopping())
      parts.onError(
        new LocalStackError(`The queue ${parts.queueArn} cannot be read; trying again.`, { cause }),
      );
  };

  const run = async (): Promise<void> => {
    let failures = 0;
    while (!isStopping()) {
      try {
        const messages = await gather();
        failures = 0;
        if (messages.length === 0) continue;
        const work = handle(messages).catch(tell);
        running.add(work);
        void work.finally(() => running.delete(work));
        while (running.size >= settings.maximumConcurrency) await Promise.race(running);
      } catch (error) {
        tell(error);
        failures += 1;
        await clock.sleep(backOffMs(unconfirmed.backOff, failures, 0.5), stopping.signal);
      }
    }
    await Promise.all(running);
  };
  const ended = run();
  return {
    stop: async ({ abandon = false } = {}) => {
      stopping.abort();
      if (abandon) abandoning.abort();
      await ended;
    },
  };
}

/** @throws LocalStackError if the queue refuses some of them: they come again */
async function inTens(
  records: readonly SQSRecord[],
  send: (
    entries: { Id: string; ReceiptHandle: string }[],
  ) => Promise<{ readonly Failed?: readonly { readonly Message?: string | undefined }[] | undefined }>,
): Promise<void> {
  for (let from = 0; from < records.length; from += messagesAtOnce) {
    const some = records.slice(from, from + messagesAtOnce);
    const entries = some.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
    }));
    const { Failed: [failed] = [] } = await send(entries);
    if (failed)
      throw new LocalStackError(`Messages could not be deleted or given back: ${failed.Message ?? ''}`);
  }
}
