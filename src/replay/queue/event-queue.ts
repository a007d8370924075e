import type { SQSRecord } from 'aws-lambda';
import { ReplayError } from '../../errors.ts';
import type { Queue, QueueMessage } from './queue.ts';

/** The messages that an event source mapping of SQS has handed over, as a queue that is deleted from by the response. */
export interface EventQueue extends Queue {
  /** The ids of those that were not deleted, in the event's order; in a FIFO queue also those behind them in their group. */
  readonly left: () => readonly string[];
}

/** SQS's own FIFO queues give a group's next message when the ones before are deleted, and so does this one. */
export function eventQueue(records: readonly SQSRecord[]): EventQueue {
  const arn = records[0]?.eventSourceARN ?? '';
  const isFifo = arn.endsWith('.fifo');
  const messages = records.map(messageOf);
  const given = new Set<string>();
  const deleted = new Set<string>();
  const isBehind = ({ groupId }: QueueMessage, index: number): boolean =>
    isFifo &&
    groupId !== undefined &&
    messages.slice(0, index).some((other) => other.groupId === groupId && !deleted.has(other.receipt));

  return {
    url: arn,
    isFifo,
    facts: () =>
      Promise.resolve({
        visible: messages.length - given.size,
        inFlight: 0,
        delayed: 0,
        retentionSeconds: Infinity,
        visibilityTimeoutSeconds: 0,
      }),
    receive() {
      const next = messages.filter(
        (message, index) => !given.has(message.receipt) && !isBehind(message, index),
      );
      for (const { receipt } of next) given.add(receipt);
      return Promise.resolve(next);
    },
    // They are Lambda's to give back, and its visibility timeout covers the invocation.
    keep: () => Promise.resolve([]),
    delete(receipts) {
      for (const receipt of receipts) deleted.add(receipt);
      return Promise.resolve([]);
    },
    send: () => Promise.reject(new ReplayError('a letter that failed again stays as it is')),
    left: () => messages.filter(({ receipt }) => !deleted.has(receipt)).map(({ id }) => id),
  };
}

const messageOf = (record: SQSRecord): QueueMessage => ({
  id: record.messageId,
  body: record.body,
  receipt: record.receiptHandle,
  sentAtMs: Number(record.attributes.SentTimestamp),
  receiveCount: Number(record.attributes.ApproximateReceiveCount),
  groupId: record.attributes.MessageGroupId,
  attributes: Object.fromEntries(
    Object.entries(record.messageAttributes).flatMap(([name, { stringValue }]) =>
      stringValue === undefined ? [] : [[name, stringValue]],
    ),
  ),
});
