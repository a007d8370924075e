import { backOffMs } from './back-off.ts';
import { createCaughtUpWatch } from './caught-up.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { ShardWork } from './follow-shards.ts';
import { followShards } from './follow-shards.ts';
import { createGatherer } from './gather-batch.ts';
import { createInvoker } from './invoke-function.ts';
import { localFunctionArn } from './lambda-context.ts';
import type { MappingObservers } from './mapping-observers.ts';
import type { MappingSettings } from './mapping-settings.ts';
import type { OnFailurePointer } from './on-failure-pointer.ts';
import type { SettlerParts } from './settle-batch.ts';
import { settleBatch } from './settle-batch.ts';
import { createShardReader } from './shard-reader.ts';
import { createSleeper } from './sleeper.ts';
import type { Position, StreamsApi } from './streams-api.ts';

export interface MappingParts {
  readonly settings: MappingSettings;
  readonly api: StreamsApi;
  readonly sendPointer: (pointer: OnFailurePointer) => Promise<void>;
  readonly observers: MappingObservers;
  /** Aborted by `stop`, and by nothing else. */
  readonly stopping: AbortController;
}

export interface RunningMapping {
  readonly untilCaughtUp: () => Promise<void>;
  readonly checkpoints: () => Checkpoints;
  readonly stop: (options?: { readonly abandon?: boolean }) => Promise<void>;
}

/** The mapping without its clients. */
export async function runMapping({
  settings,
  api,
  sendPointer,
  observers,
  stopping,
}: MappingParts): Promise<RunningMapping> {
  const { streamArn, functionName, clock, retry, random } = settings;
  const functionArn = localFunctionArn(functionName);
  const abandoning = new AbortController();
  const caughtUp = createCaughtUpWatch();
  const idle = createSleeper(clock, stopping.signal);
  const between = createSleeper(clock, stopping.signal);
  const resting = createSleeper(clock, stopping.signal);
  const backOff = (failures: number) => resting.sleep(backOffMs(retry, failures, random()));
  const invoke = createInvoker({ ...settings, functionArn, abandoning: abandoning.signal });

  const workOn = (
    shardId: string,
    from: Position,
    moveCheckpoint: SettlerParts['moveCheckpoint'],
  ): ShardWork => {
    const shared = { streamArn, shardId, stopping: stopping.signal, backOff };
    const reader = createShardReader({ ...shared, api, from, onError: observers.onError });
    const gather = createGatherer({ ...settings, shardId, reader, idle, caughtUp });
    const settling = { ...settings, ...shared, functionArn, invoke, sendPointer, moveCheckpoint, observers };
    return {
      open: reader.open,
      run: async () => {
        for (;;) {
          const gathered = await gather();
          if (gathered.kind !== 'batch') return gathered.kind;
          await settleBatch(gathered.records, { ...settling, now: clock.now });
          if (stopping.signal.aborted) return 'stopped';
        }
      },
    };
  };

  const follower = await followShards({
    streamArn,
    api,
    startingPosition: settings.startingPosition,
    resumeFrom: settings.resumeFrom,
    discoveryIntervalMs: settings.shardDiscoveryIntervalMs,
    workOn,
    between,
    backOff,
    stopping: stopping.signal,
    caughtUp,
    onError: observers.onError,
  });
  return {
    untilCaughtUp: () => {
      const caught = caughtUp.until();
      idle.wake();
      return caught;
    },
    checkpoints: follower.checkpoints,
    stop: async ({ abandon = false } = {}) => {
      stopping.abort();
      caughtUp.stopped();
      if (abandon) abandoning.abort();
      await follower.ended;
    },
  };
}
