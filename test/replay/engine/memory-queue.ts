import type { OutgoingMessage, Queue, QueueMessage } from '../../../src/replay/queue/queue.ts';

export interface Held {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly groupId: string | undefined;
  readonly sentAtMs: number;
  readonly visibleAtMs: number;
  readonly receipt: string;
  readonly receiveCount: number;
}

export interface MemoryQueueOptions {
  readonly now: () => number;
  readonly isFifo?: boolean;
  /** Which of so many to give next. */
  readonly pick?: (count: number) => number;
  /** How many it gives nobody yet. */
  readonly delayed?: () => number;
}

/** A queue that does as SQS does, on a clock of its own; SQS's word about a receipt can be scripted. */
export function memoryQueue({ now, isFifo = false, pick = () => 0, delayed = () => 0 }: MemoryQueueOptions) {
  const messages = new Map<string, Held>();
  const deleted: string[] = [];
  const kept: { readonly receipts: readonly string[]; readonly visibilitySeconds: number }[] = [];
  const refuses: { keep: boolean; delete: boolean; send: boolean; right?: Error } = {
    keep: false,
    delete: false,
    send: false,
  };
  let serial = 0;

  const put = ({
    body,
    attributes = {},
    groupId,
    sentAtMs = now(),
  }: Partial<Held> & { readonly body: string }): string => {
    const id = `message-${(serial += 1)}`;
    messages.set(id, {
      id,
      body,
      attributes,
      groupId,
      sentAtMs,
      visibleAtMs: 0,
      receipt: '',
      receiveCount: 0,
    });
    return id;
  };
  const holderOf = (receipt: string): Held | undefined =>
    [...messages.values()].find((one) => one.receipt === receipt && one.visibleAtMs > now());
  const visible = (): readonly Held[] => {
    const busy = new Set(
      [...messages.values()].filter((one) => one.visibleAtMs > now()).map(({ groupId }) => groupId),
    );
    return [...messages.values()].filter(
      (one) => one.visibleAtMs <= now() && !(isFifo && busy.has(one.groupId)),
    );
  };

  const queue: Queue = {
    url: `https://sqs.us-east-1.amazonaws.com/123456789012/dlq${isFifo ? '.fifo' : ''}`,
    isFifo,
    facts: () => {
      const inFlight = [...messages.values()].filter((one) => one.visibleAtMs > now()).length;
      return Promise.resolve({
        visible: messages.size - inFlight,
        inFlight,
        delayed: delayed(),
        retentionSeconds: 1_209_600,
        visibilityTimeoutSeconds: 30,
      });
    },
    receive({ visibilitySeconds }) {
      const there = [...visible()];
      const taken: QueueMessage[] = [];
      while (taken.length < 10 && there.length > 0) {
        const [one] = there.splice(isFifo ? 0 : pick(there.length), 1);
        if (one === undefined) break;
        const given = {
          ...one,
          receipt: `receipt-${(serial += 1)}`,
          visibleAtMs: now() + visibilitySeconds * 1_000,
          receiveCount: one.receiveCount + 1,
        };
        messages.set(one.id, given);
        taken.push(given);
      }
      return Promise.resolve(taken);
    },
    keep(receipts, visibilitySeconds) {
      kept.push({ receipts, visibilitySeconds });
      return Promise.resolve(
        receipts.filter((receipt) => {
          const holder = holderOf(receipt);
          if (holder === undefined || (refuses.keep && visibilitySeconds > 0)) return true;
          messages.set(holder.id, { ...holder, visibleAtMs: now() + visibilitySeconds * 1_000 });
          return false;
        }),
      );
    },
    delete(receipts) {
      if (refuses.right) return Promise.reject(refuses.right);
      return Promise.resolve(
        receipts.filter((receipt) => {
          const holder = holderOf(receipt);
          if (holder === undefined || refuses.delete) return true;
          messages.delete(holder.id);
          deleted.push(holder.id);
          return false;
        }),
      );
    },
    send: ({ body, attributes, fifo }: OutgoingMessage) => {
      if (refuses.send) return Promise.reject(new Error('no right to send'));
      put({ body, attributes, groupId: fifo?.groupId });
      return Promise.resolve();
    },
  };
  return { queue, put, messages, deleted, kept, refuses, visible };
}
