import type { Clock } from '../clock.ts';
import { createSleeper } from '../sleeper.ts';
import type { BatchRecord } from './batch.ts';
import { cutBatch } from './cut-batch.ts';
import type { OpenWindow } from './tumbling-window.ts';
import { windowOf } from './tumbling-window.ts';
import { unconfirmed } from './unconfirmed.ts';

/** What a lane does next. `window-end`: close the open tumbling window. `over`: nothing more comes. */
export type Taken =
  | { readonly kind: 'batch'; readonly records: readonly BatchRecord[] }
  | { readonly kind: 'window-end' }
  | { readonly kind: 'over' };

/** The records of a shard that wait for one of its lanes. */
export interface LaneQueue {
  readonly push: (records: readonly BatchRecord[]) => void;
  /** No more records will be pushed. */
  readonly close: () => void;
  /** Whether no more should be pushed for now. */
  readonly isFull: () => boolean;
  /** Resolves with the next batch, when there is one. */
  readonly take: (open: OpenWindow | undefined) => Promise<Taken>;
  /** Looks again whether a batch is due. */
  readonly wake: () => void;
}

export interface LaneQueueParts {
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly tumblingWindowMs: number | undefined;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
  /** Whether the stream is known to have more to give at once. */
  readonly isMoreExpected: () => boolean;
  /** The time at which the last read began that brought nothing: all that was written before it is here. */
  readonly readTo: () => number;
  /** Called after a batch has left. */
  readonly onTaken: () => void;
}

export function createLaneQueue(parts: LaneQueueParts): LaneQueue {
  const { batchSize, tumblingWindowMs, clock, stopping } = parts;
  const waits = createSleeper(clock, stopping);
  let waiting: readonly BatchRecord[] = [];
  let waitingBytes = 0;
  let isClosed = false;

  const isWindowOver = ({ window }: OpenWindow): boolean => {
    const [first] = waiting;
    // A record that comes late counts to the window that is open.
    if (first && tumblingWindowMs) return windowOf(first.arrivedAt, tumblingWindowMs).start > window.start;
    // By the reading and not by the clock: what was written in the window may still be on its way.
    return isClosed || parts.readTo() >= window.end;
  };

  return {
    push: (records) => {
      waiting = [...waiting, ...records];
      waitingBytes += bytesOf(records);
      waits.wake();
    },
    close: () => {
      isClosed = true;
      waits.wake();
    },
    isFull: () =>
      waiting.length >= unconfirmed.waitingRecordsAtMost || waitingBytes >= unconfirmed.waitingBytesAtMost,
    wake: waits.wake,
    take: async (open) => {
      const reservedBytes = tumblingWindowMs ? unconfirmed.windowStateBytesAtMost + 1_024 : 0;
      let dueAt = Infinity;
      while (!stopping.aborted) {
        if (open && isWindowOver(open)) return { kind: 'window-end' };
        const { count, isFull } = cutBatch(waiting, { batchSize, reservedBytes, tumblingWindowMs });
        if (count === 0 && isClosed) return { kind: 'over' };
        if (count > 0) dueAt = Math.min(dueAt, clock.now() + parts.batchingWindowMs);
        const isDue = isFull || isClosed || (clock.now() >= dueAt && !parts.isMoreExpected());
        if (count > 0 && isDue) {
          const records = waiting.slice(0, count);
          waiting = waiting.slice(count);
          waitingBytes -= bytesOf(records);
          parts.onTaken();
          return { kind: 'batch', records };
        }
        const leftMs = dueAt - clock.now();
        await (leftMs > 0 && leftMs < Infinity ? waits.sleep(leftMs) : waits.untilWoken());
      }
      return { kind: 'over' };
    },
  };
}

const bytesOf = (records: readonly BatchRecord[]): number =>
  records.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
