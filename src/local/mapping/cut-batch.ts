import { maximumPayloadBytes } from '../function/invocation.ts';
import type { BatchRecord } from './batch.ts';
import { windowOf } from './tumbling-window.ts';

export interface BatchLimits {
  readonly batchSize: number;
  /** Bytes of the payload that are not records. */
  readonly reservedBytes: number;
  /** Undefined without tumbling windows; a batch never reaches from one into the next. */
  readonly tumblingWindowMs: number | undefined;
}

/** How many of the waiting records make the next batch, and whether more waiting would add none to it. */
export interface Cut {
  readonly count: number;
  readonly isFull: boolean;
}

/** The batch is cut off at the batch size, the payload that Lambda lets through, and the end of a tumbling window. */
export function cutBatch(waiting: readonly BatchRecord[], limits: BatchLimits): Cut {
  const { batchSize, tumblingWindowMs } = limits;
  const end = waiting[0] && tumblingWindowMs && windowOf(waiting[0].arrivedAt, tumblingWindowMs).end;
  let bytes = eventJson([]).length + limits.reservedBytes;
  let count = 0;
  for (const record of waiting) {
    bytes += record.sizeBytes + 1;
    const isTooMuch = count === batchSize || bytes > maximumPayloadBytes;
    if (count > 0 && (isTooMuch || (end && record.arrivedAt.getTime() >= end)))
      return { count, isFull: true };
    count += 1;
  }
  return { count, isFull: count === batchSize };
}

/** The event, with the fields of a tumbling window if there is one. */
export const eventJson = (batch: readonly BatchRecord[], windowJson?: string): string => {
  const records = `"Records":[${batch.map(({ json }) => json).join(',')}]`;
  return windowJson === undefined ? `{${records}}` : `{${records},${windowJson.slice(1)}`;
};
