import type { BatchRecord } from './batch.ts';
import { countForBatch } from './batch.ts';
import type { CaughtUpWatch } from './caught-up.ts';
import type { Clock } from './clock.ts';
import type { ReadResult, ShardReader } from './shard-reader.ts';
import type { Sleeper } from './sleeper.ts';
import { maximumRecordsPerRead } from './streams-api.ts';

/** Why a shard has no more batches. `gone`: the stream no longer knows it. */
export type ShardEnd = 'drained' | 'gone' | 'stopped';

export type Gathered =
  { readonly kind: 'batch'; readonly records: readonly BatchRecord[] } | { readonly kind: ShardEnd };

export interface GathererParts {
  readonly shardId: string;
  readonly reader: ShardReader;
  readonly batchSize: number;
  readonly maximumBatchingWindowMs: number;
  readonly pollIntervalMs: number;
  readonly clock: Clock;
  readonly idle: Sleeper;
  readonly caughtUp: CaughtUpWatch;
}

/** An idle shard is read less and less often, down to the four times a second that are Lambda's own rate.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
const slowestPollMs = 250;

/** Gives a shard's batches one after the other. What does not fit into a batch waits for the next. */
export function createGatherer(parts: GathererParts): () => Promise<Gathered> {
  const { shardId, reader, batchSize, clock, idle, caughtUp } = parts;
  let waiting: readonly BatchRecord[] = [];
  let end: ShardEnd | undefined;

  const take = (count: number): Gathered => {
    const records = waiting.slice(0, count);
    waiting = waiting.slice(count);
    return { kind: 'batch', records };
  };
  const keep = (result: ReadResult): void => {
    if (result.kind !== 'records') {
      end = result.kind;
      return;
    }
    waiting = [...waiting, ...result.records];
    if (result.closed) end = 'drained';
  };

  return async () => {
    let windowEndsAt = Infinity;
    let emptyReads = 0;
    for (;;) {
      const count = countForBatch(waiting, batchSize);
      if (end === 'stopped') return { kind: end };
      if (count === batchSize || count < waiting.length) return take(count);
      if (end !== undefined) return count > 0 ? take(count) : { kind: end };

      const limit = Math.min(maximumRecordsPerRead, batchSize - waiting.length);
      const since = caughtUp.now();
      const result = await reader.read(limit);
      keep(result);
      const isAllThereIs = result.kind === 'records' && !result.closed && result.records.length < limit;
      if (!isAllThereIs) continue;

      if (waiting.length === 0) {
        caughtUp.nothingLeft(shardId, since);
        await idle.sleep(Math.min(slowestPollMs, parts.pollIntervalMs * 1.2 ** emptyReads));
        emptyReads += 1;
        continue;
      }
      windowEndsAt = Math.min(windowEndsAt, clock.now() + parts.maximumBatchingWindowMs);
      const leftMs = windowEndsAt - clock.now();
      if (leftMs <= 0) return take(countForBatch(waiting, batchSize));
      await idle.sleep(Math.min(leftMs, Math.max(parts.pollIntervalMs, 1)));
    }
  };
}
