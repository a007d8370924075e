import type { OutgoingMessage, Queue, QueueMessage } from '../../../src/replay/queue/queue.ts';

/** What lies in a queue of a test. */
export type Lying = Pick<QueueMessage, 'id' | 'body'> & Partial<QueueMessage>;

export interface MemoryQueue extends Queue {
  /** Messages that nobody has in hand. */
  readonly visible: () => readonly string[];
  readonly all: () => readonly string[];
  readonly sent: readonly OutgoingMessage[];
  /** How many operations were under way at once, at most. */
  readonly receives: () => number;
}

export interface MemoryQueueOptions {
  readonly url?: string;
  /** Called with each receive, counted from 1; may throw, or put what is in hand back. */
  readonly onReceive?: (count: number, queue: { readonly expireAll: () => void }) => void;
  readonly refuseSend?: (message: OutgoingMessage) => Error | undefined;
  readonly keepDeleted?: (id: string) => boolean;
}

/** A queue whose moments a test can choose: messages that come twice, receives that fail. */
export function memoryQueue(messages: readonly Lying[], options: MemoryQueueOptions = {}): MemoryQueue {
  const { url = 'https://sqs.us-east-1.amazonaws.com/123456789012/dead-letters', onReceive } = options;
  const lying = new Map(messages.map((message) => [message.id, message]));
  const inHand = new Map<string, string>();
  const sent: OutgoingMessage[] = [];
  let receives = 0;

  const idsOf = (receipts: readonly string[]) =>
    receipts.map((receipt) => [...inHand].find(([, own]) => own === receipt)?.[0]);
  return {
    url,
    isFifo: url.endsWith('.fifo'),
    sent,
    receives: () => receives,
    visible: () => [...lying.keys()].filter((id) => !inHand.has(id)),
    all: () => [...lying.keys()],
    facts: () =>
      Promise.resolve({
        visible: lying.size - inHand.size,
        inFlight: inHand.size,
        delayed: 0,
        retentionSeconds: 345_600,
        visibilityTimeoutSeconds: 30,
      }),
    async receive() {
      receives += 1;
      onReceive?.(receives, { expireAll: () => inHand.clear() });
      await Promise.resolve();
      const taken = [...lying.values()].filter(({ id }) => !inHand.has(id)).slice(0, 10);
      for (const { id } of taken) inHand.set(id, `${id}-${receives}`);
      return taken.map((message) => ({
        sentAtMs: 1_767_225_600_000,
        receiveCount: 1,
        groupId: undefined,
        attributes: {},
        ...message,
        receipt: inHand.get(message.id) ?? '',
      }));
    },
    keep(receipts, visibilitySeconds) {
      const ids = idsOf(receipts);
      if (visibilitySeconds === 0) for (const id of ids) if (id !== undefined) inHand.delete(id);
      return Promise.resolve(receipts.filter((_, index) => ids[index] === undefined));
    },
    delete(receipts) {
      const ids = idsOf(receipts);
      const isKept = (id: string | undefined) => id === undefined || options.keepDeleted?.(id) === true;
      for (const id of ids)
        if (id !== undefined && !isKept(id)) {
          lying.delete(id);
          inHand.delete(id);
        }
      return Promise.resolve(receipts.filter((_, index) => isKept(ids[index])));
    },
    send(message) {
      const refusal = options.refuseSend?.(message);
      if (refusal !== undefined) return Promise.reject(refusal);
      sent.push(message);
      return Promise.resolve();
    },
  };
}

export const bodies = (count: number): readonly Lying[] =>
  Array.from({ length: count }, (_, index) => ({ id: `m${index}`, body: `body ${index}` }));
