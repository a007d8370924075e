import type { Clock } from '../clock.ts';
import type { Sleeper } from '../sleeper.ts';
import type { CaughtUpWatch } from '../stream/caught-up.ts';
import type { ShardEnd } from '../stream/follow-shards.ts';
import type { ShardReader } from '../stream/shard-reader.ts';
import { maximumRecordsPerRead } from '../stream/streams-api.ts';
import type { SiftedRecord } from './batch.ts';
import type { LaneQueue } from './lane-queue.ts';
import type { MappingCounts } from './mapping-metrics.ts';
import type { ShardProgress } from './shard-progress.ts';
import { unconfirmed } from './unconfirmed.ts';

export interface PumpParts {
  readonly shardId: string;
  readonly reader: ShardReader<SiftedRecord>;
  readonly lanes: readonly LaneQueue[];
  readonly progress: ShardProgress;
  readonly pollIntervalMs: number;
  /** An idle shard is read less and less often, down to this. */
  readonly slowestPollMs: number;
  readonly clock: Clock;
  /** Woken by whatever is a reason to read at once. */
  readonly idle: Sleeper;
  /** Woken when a lane has taken a batch. */
  readonly room: Sleeper;
  readonly stopping: AbortSignal;
  readonly caughtUp: CaughtUpWatch;
  readonly counts: MappingCounts;
  /** Whether more can be had from the stream at once. */
  readonly expectMore: (isMore: boolean) => void;
  /** All that was written before this time is in the lanes. */
  readonly readTo: (ms: number) => void;
}

/** However often it is woken, a shard is not read more often than this. */
const shortestPollMs = 10;

/** Reads a shard and hands each record to the lane of its item, until the shard ends. */
export async function pumpShard(parts: PumpParts): Promise<ShardEnd> {
  const { reader, lanes, progress, idle, stopping, caughtUp, counts, clock } = parts;
  const isFull = () => lanes.some((lane) => lane.isFull());
  const isStopping = () => stopping.aborted;

  const gapMs = Math.min(shortestPollMs, parts.pollIntervalMs);
  let emptyReads = 0;
  let readAt = -Infinity;
  while (!isStopping()) {
    const tooSoonMs = readAt + gapMs - clock.now();
    if (tooSoonMs > 0) await clock.sleep(tooSoonMs, stopping);
    readAt = clock.now();
    const since = caughtUp.now();
    const wakes = idle.wakes();
    const result = await reader.read(maximumRecordsPerRead);
    if (result.kind !== 'records') return result.kind;
    counts.add('PolledEventCount', result.records.length);
    parts.expectMore(result.records.length === maximumRecordsPerRead && !result.closed);
    handOver(result.records, parts);
    if (result.closed) return 'drained';

    if (isFull()) {
      parts.expectMore(false);
      while (isFull() && !isStopping()) await parts.room.untilWoken();
    }
    if (result.records.length === maximumRecordsPerRead) readAt = -Infinity;
    if (result.records.length > 0) {
      emptyReads = 0;
      continue;
    }
    parts.readTo(readAt);
    if (progress.unsettled() === 0) caughtUp.nothingLeft(parts.shardId, since);
    // A write during the read may have come too late for it.
    if (idle.wakes() === wakes)
      await idle.sleep(
        Math.max(
          parts.pollIntervalMs,
          Math.min(parts.slowestPollMs, parts.pollIntervalMs * 1.2 ** emptyReads),
        ),
      );
    emptyReads += 1;
  }
  return 'stopped';
}

function handOver(records: readonly SiftedRecord[], { lanes, progress, counts }: PumpParts): void {
  progress.read(records.map(({ sequenceNumber }) => sequenceNumber));
  const byLane = Map.groupBy(
    records.filter((one) => one.kind === 'wanted'),
    ({ record }) => unconfirmed.laneOf(record.item, lanes.length),
  );
  byLane.forEach((wanted, lane) => lanes[lane]?.push(wanted.map(({ record }) => record)));
  const filtered = records.filter(({ kind }) => kind === 'filtered');
  counts.add('FilteredOutEventCount', filtered.length);
  progress.settled(filtered.map(({ sequenceNumber }) => sequenceNumber));
}
