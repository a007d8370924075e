import type { _Record as StreamsApiRecord } from '@aws-sdk/client-dynamodb-streams';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/local/clock.ts';
import { createCaughtUpWatch } from '../../src/local/stream/caught-up.ts';
import { createSleeper } from '../../src/local/sleeper.ts';
import type { FollowerParts } from '../../src/local/stream/follow-shards.ts';
import { followShards } from '../../src/local/stream/follow-shards.ts';
import { createShardReader } from '../../src/local/stream/shard-reader.ts';
import type { Position } from '../../src/local/stream/streams-api.ts';
import { streamsApi } from '../../src/local/stream/streams-api.ts';
import { spillwayClient } from './clients.ts';
import type { StreamsServer } from './start-streams-server.ts';

export interface ReadRecord {
  readonly sequenceNumber: string;
  readonly key: string;
  /** NaN where the item has none. */
  readonly version: number;
}

type Server = Pick<StreamsServer, 'endpoint' | 'streamArn'>;

/** Spillway's reader of one shard; no wait between two tries is longer than it takes to let others run. */
export function spillwayShardReader(
  server: Server,
  shardId: string,
  from: Position = { kind: 'TRIM_HORIZON' },
) {
  const stopping = new AbortController();
  const errors: Error[] = [];
  const backOffs: number[] = [];
  const reader = createShardReader({
    api: streamsApi(spillwayClient(server.endpoint), server.streamArn, stopping.signal),
    streamArn: server.streamArn,
    shardId,
    from,
    convert: toReadRecord,
    now: systemClock.now,
    stopping: stopping.signal,
    backOff: async (failures) => {
      backOffs.push(failures);
      await systemClock.sleep(1, stopping.signal);
    },
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => stopping.abort());
  const numbersOf = async (limit = 1_000) => {
    const result = await reader.read(limit);
    return result.kind === 'records'
      ? result.records.map(({ sequenceNumber }) => sequenceNumber)
      : result.kind;
  };
  return { ...reader, numbersOf, stopping, errors, backOffs };
}

type FollowOptions = Partial<
  Pick<FollowerParts, 'startingPosition' | 'resumeFrom' | 'discoveryIntervalMs'>
> & {
  /** Records in one read. Default 1,000. */
  readonly limit?: number;
};

/** Follows a stream as a mapping does, with a function that takes every record. */
export async function followWithSpillway(server: Server, options: FollowOptions = {}) {
  const { startingPosition = 'TRIM_HORIZON', resumeFrom, discoveryIntervalMs = 5, limit = 1_000 } = options;
  const stopping = new AbortController();
  const api = streamsApi(spillwayClient(server.endpoint), server.streamArn, stopping.signal);
  const records: (ReadRecord & { readonly shardId: string })[] = [];
  const errors: Error[] = [];
  const backOff = () => systemClock.sleep(1, stopping.signal);
  const onError = (error: Error) => void errors.push(error);

  const follower = await followShards({
    streamArn: server.streamArn,
    api,
    startingPosition,
    resumeFrom,
    discoveryIntervalMs,
    workOn: (shardId, from, moveCheckpoint) => {
      const { now } = systemClock;
      const shared = { streamArn: server.streamArn, now, stopping: stopping.signal, backOff, onError };
      const reader = createShardReader({ ...shared, api, shardId, from, convert: toReadRecord });
      return {
        open: reader.open,
        run: async () => {
          for (;;) {
            const result = await reader.read(limit);
            if (result.kind !== 'records') return result.kind;
            for (const record of result.records) {
              records.push({ shardId, ...record });
              moveCheckpoint(record.sequenceNumber);
            }
            if (result.closed) return 'drained';
            if (result.records.length === 0) await systemClock.sleep(1, stopping.signal);
          }
        },
      };
    },
    now: systemClock.now,
    between: createSleeper(systemClock, stopping.signal),
    backOff,
    stopping: stopping.signal,
    caughtUp: createCaughtUpWatch(),
    onError,
  });
  const stop = async () => {
    stopping.abort();
    await follower.ended;
  };
  return {
    records,
    errors,
    messages: () => errors.map(({ message }) => message),
    checkpoints: follower.checkpoints,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

const toReadRecord = ({ dynamodb }: StreamsApiRecord): ReadRecord => ({
  sequenceNumber: dynamodb?.SequenceNumber ?? '',
  key: dynamodb?.NewImage?.['pk']?.S ?? '',
  version: Number(dynamodb?.NewImage?.['version']?.N),
});
