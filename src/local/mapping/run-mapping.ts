import type { Invoke } from '../function/invocation.ts';
import { createSleeper } from '../sleeper.ts';
import { createCaughtUpWatch } from '../stream/caught-up.ts';
import type { Checkpoints } from '../stream/checkpoints.ts';
import { followShards } from '../stream/follow-shards.ts';
import type { StreamsApi } from '../stream/streams-api.ts';
import { backOffMs } from './back-off.ts';
import type { MappingCounts } from './mapping-metrics.ts';
import type { MappingObservers } from './mapping-observers.ts';
import type { MappingSettings } from './mapping-settings.ts';
import type { OnFailureDestination } from './on-failure-destination.ts';
import { workOnShard } from './work-on-shard.ts';

export interface MappingParts {
  readonly settings: MappingSettings;
  readonly resumeFrom: Checkpoints | undefined;
  readonly api: StreamsApi;
  readonly invoke: Invoke;
  readonly destination: OnFailureDestination | undefined;
  readonly observers: MappingObservers;
  readonly counts: MappingCounts;
  /** Calls back when something may have been written to the stream; gives back how to end that. */
  readonly onWrite: (wake: () => void) => () => void;
  /** Aborted by `stop`, and by nothing else. */
  readonly stopping: AbortController;
}

export interface RunningMapping {
  readonly untilCaughtUp: () => Promise<void>;
  readonly checkpoints: () => Checkpoints;
  readonly retryNow: () => void;
  readonly stop: (options?: { readonly abandon?: boolean }) => Promise<void>;
}

/** The mapping without its clients. */
export async function runMapping(parts: MappingParts): Promise<RunningMapping> {
  const { settings, stopping } = parts;
  const { streamArn, clock, retry, random } = settings;
  const abandoning = new AbortController();
  const caughtUp = createCaughtUpWatch();
  const idle = createSleeper(clock, stopping.signal);
  const between = createSleeper(clock, stopping.signal);
  const resting = createSleeper(clock, stopping.signal);
  const backOff = (failures: number) => resting.sleep(backOffMs(retry, failures, random()));
  const retryListeners = new Set<() => void>();
  const onRetryNow = (listener: () => void) => {
    retryListeners.add(listener);
    return () => void retryListeners.delete(listener);
  };
  const shared = { ...parts, caughtUp, idle, onRetryNow, stopping: stopping.signal };

  const follower = await followShards({
    streamArn,
    api: parts.api,
    startingPosition: settings.startingPosition,
    resumeFrom: parts.resumeFrom,
    discoveryIntervalMs: settings.shardDiscoveryIntervalMs,
    now: clock.now,
    workOn: (shardId, from, moveCheckpoint) =>
      workOnShard(shardId, from, moveCheckpoint, { ...shared, abandoning: abandoning.signal }),
    between,
    backOff,
    stopping: stopping.signal,
    caughtUp,
    onError: parts.observers.onError,
  });
  const forgetWrites = parts.onWrite(idle.wake);
  return {
    untilCaughtUp: () => {
      const caught = caughtUp.until();
      idle.wake();
      between.wake();
      return caught;
    },
    checkpoints: follower.checkpoints,
    retryNow: () => {
      resting.wake();
      retryListeners.forEach((listener) => listener());
    },
    stop: async ({ abandon = false } = {}) => {
      forgetWrites();
      stopping.abort();
      caughtUp.stopped();
      if (abandon) abandoning.abort();
      await follower.ended;
    },
  };
}
