import type { Clock, ItemMemory, ItemName } from '../idempotency/item-memory.ts';
import { compareSequenceNumbers } from '../stream/sequence-number.ts';

/**
 * The latest replayed change of each item of a replay: looked up for all at once, and written beside the work. Should it not
 * get written, it is only not known later that an earlier letter is stale.
 */
export interface ReplayedItems {
  /** @throws LedgerError */
  readonly last: (item: ItemName) => Promise<string | undefined>;
  readonly mark: (item: ItemName, sequenceNumber: string) => void;
  /** Resolves when all that was marked is written, or given up. */
  readonly flush: () => Promise<void>;
}

/** @param itemNames those that will be asked for */
export function createReplayedItems(
  memory: ItemMemory,
  itemNames: readonly ItemName[],
  clock: Clock,
): ReplayedItems {
  const known = new Map<string, Promise<string | undefined>>();
  const writing = new Set<Promise<void>>();
  const look = (item: ItemName): Promise<string | undefined> => {
    const name = nameOf(item);
    const looking = known.get(name) ?? memory.lastReplayed(item, clock);
    known.set(name, looking);
    looking.catch(() => known.delete(name));
    return looking;
  };
  const write = (item: ItemName, sequenceNumber: string): void => {
    const written = memory
      .markReplayed(item, sequenceNumber, clock)
      .catch(() => undefined)
      .then(() => void writing.delete(written));
    writing.add(written);
  };
  for (const item of itemNames) void look(item).catch(() => undefined);
  return {
    last: look,
    mark(item, sequenceNumber) {
      const name = nameOf(item);
      const before = known.get(name) ?? Promise.resolve(undefined);
      known.set(
        name,
        before
          .catch(() => undefined)
          .then((last) => {
            const isLater = last === undefined || compareSequenceNumbers(sequenceNumber, last) > 0;
            if (isLater) write(item, sequenceNumber);
            return isLater ? sequenceNumber : last;
          }),
      );
    },
    async flush() {
      await Promise.allSettled(known.values());
      await Promise.all(writing);
    },
  };
}

const nameOf = ({ eventSourceArn, item }: ItemName): string => `${eventSourceArn} ${item}`;
