import type { Invoke } from '../function/invocation.ts';
import type { Sleeper } from '../sleeper.ts';
import { createSleeper } from '../sleeper.ts';
import type { CaughtUpWatch } from '../stream/caught-up.ts';
import type { ShardWork } from '../stream/follow-shards.ts';
import { createShardReader } from '../stream/shard-reader.ts';
import type { Position, StreamsApi } from '../stream/streams-api.ts';
import { backOffMs } from './back-off.ts';
import { sift } from './batch.ts';
import { createGiveUp } from './give-up.ts';
import type { LaneQueue } from './lane-queue.ts';
import { createLaneQueue } from './lane-queue.ts';
import { createLaneWindow } from './lane-window.ts';
import type { MappingCounts } from './mapping-metrics.ts';
import type { MappingObservers } from './mapping-observers.ts';
import type { MappingSettings } from './mapping-settings.ts';
import type { OnFailureDestination } from './on-failure-destination.ts';
import { pumpShard } from './pump-shard.ts';
import { settleBatch } from './settle-batch.ts';
import { createShardProgress } from './shard-progress.ts';

export interface ShardWorkParts {
  readonly settings: MappingSettings;
  readonly api: StreamsApi;
  readonly invoke: Invoke;
  readonly destination: OnFailureDestination | undefined;
  readonly observers: MappingObservers;
  readonly counts: MappingCounts;
  readonly caughtUp: CaughtUpWatch;
  readonly idle: Sleeper;
  /** Calls back when nobody is to wait for a next try any more; gives back how to end that. */
  readonly onRetryNow: (listener: () => void) => () => void;
  readonly stopping: AbortSignal;
  readonly abandoning: AbortSignal;
}

/** Everything that is done about one shard: it is read in one place, and its lanes are worked on side by side. */
export function workOnShard(
  shardId: string,
  from: Position,
  moveCheckpoint: (sequenceNumber: string) => void,
  parts: ShardWorkParts,
): ShardWork {
  const { settings, observers, counts, idle } = parts;
  const { streamArn, clock, tumblingWindowMs } = settings;
  const broken = new AbortController();
  const stopping = AbortSignal.any([parts.stopping, broken.signal]);
  const resting = createSleeper(clock, stopping);
  const within = {
    ...parts,
    streamArn,
    shardId,
    stopping,
    now: clock.now,
    backOff: (failures: number) => resting.sleep(backOffMs(settings.retry, failures, settings.random())),
  };

  const progress = createShardProgress(moveCheckpoint);
  const room = createSleeper(clock, stopping);
  const reader = createShardReader({
    ...within,
    from,
    convert: (record) => sift(record, settings),
    onError: (error) => {
      // It may take a while; what is there already should not wait for it.
      expectMore(false);
      observers.onError(error);
    },
  });
  const giveUp = createGiveUp({ ...within, functionArn: settings.functionArn });
  let isMoreExpected = false;
  let readTo = -Infinity;
  const lanes = Array.from({ length: settings.parallelizationFactor }, () =>
    createLaneQueue({
      ...settings,
      stopping,
      isMoreExpected: () => isMoreExpected,
      readTo: () => readTo,
      onTaken: room.wake,
    }),
  );

  const expectMore = (isMore: boolean): void => {
    isMoreExpected = isMore;
    if (!isMore) lanes.forEach((lane) => lane.wake());
  };

  const workOnLane = async (lane: LaneQueue): Promise<void> => {
    const window =
      tumblingWindowMs === undefined ? undefined : createLaneWindow({ ...within, tumblingWindowMs });
    const settling = {
      ...within,
      giveUp,
      window,
      settled: (records: readonly { readonly sequenceNumber: string }[]) => {
        progress.settled(records.map(({ sequenceNumber }) => sequenceNumber));
        // Someone may be waiting to hear that nothing is left.
        if (progress.unsettled() === 0) idle.wake();
      },
    };
    for (;;) {
      const taken = await lane.take(window?.open());
      if (taken.kind === 'over') return;
      if (taken.kind === 'batch') await settleBatch(taken.records, settling);
      else await window?.close();
    }
  };
  /** What breaks in one place ends the whole shard's work; it is taken up again at the checkpoint. */
  const orBreak = async <Value>(work: Promise<Value>): Promise<Value> => {
    try {
      return await work;
    } catch (error) {
      broken.abort();
      throw error;
    }
  };

  return {
    open: reader.open,
    run: async () => {
      const forget = parts.onRetryNow(resting.wake);
      const pumping = pumpShard({
        ...settings,
        ...within,
        reader,
        lanes,
        progress,
        room,
        counts,
        expectMore,
        readTo: (ms) => {
          readTo = ms;
          if (tumblingWindowMs !== undefined) lanes.forEach((lane) => lane.wake());
        },
      }).finally(() => lanes.forEach((lane) => lane.close()));
      const [end, ...others] = await Promise.allSettled([
        orBreak(pumping),
        ...lanes.map((lane) => orBreak(workOnLane(lane))),
      ]);
      forget();
      // Only when all have ended, lest the next work on this shard meet the rest of this one.
      for (const ended of [end, ...others]) if (ended.status === 'rejected') throw ended.reason;
      return stopping.aborted || end.status === 'rejected' ? 'stopped' : end.value;
    },
  };
}
