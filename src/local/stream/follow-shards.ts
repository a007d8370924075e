import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb-streams';
import { LocalStackError } from '../../errors.ts';
import type { Sleeper } from '../sleeper.ts';
import type { CaughtUpWatch } from './caught-up.ts';
import type { Checkpoints, ShardCheckpoint, StartingPosition } from './checkpoints.ts';
import { resumePosition, startPositions } from './checkpoints.ts';
import { parentShards, readableShards } from './shard-lineage.ts';
import type { Position, StreamsApi } from './streams-api.ts';

/** Why a shard has no more records. `gone`: the stream no longer knows it. */
export type ShardEnd = 'drained' | 'gone' | 'stopped';

/** The work on one shard: settles its records from the place it was begun at to its end. */
export interface ShardWork {
  /** Fixes the place, so that LATEST means: from now on. */
  readonly open: () => Promise<void>;
  readonly run: () => Promise<ShardEnd>;
}

export interface FollowerParts {
  readonly streamArn: string;
  readonly api: Pick<StreamsApi, 'describe'>;
  readonly startingPosition: StartingPosition;
  /** Of an earlier run; undefined for the first. */
  readonly resumeFrom: Checkpoints | undefined;
  readonly discoveryIntervalMs: number;
  readonly workOn: (
    shardId: string,
    from: Position,
    moveCheckpoint: (sequenceNumber: string) => void,
  ) => ShardWork;
  readonly now: () => number;
  readonly between: Sleeper;
  readonly backOff: (failures: number) => Promise<void>;
  readonly stopping: AbortSignal;
  readonly caughtUp: CaughtUpWatch;
  readonly onError: (error: Error) => void;
}

export interface ShardFollower {
  readonly checkpoints: () => Checkpoints;
  /** Resolves when the mapping is stopped and no work is left. */
  readonly ended: Promise<void>;
}

/** Works on all shards that may be read, at once, and on their children when they end. Rejects if it cannot begin. */
export async function followShards(parts: FollowerParts): Promise<ShardFollower> {
  const { api, caughtUp, stopping, between } = parts;
  const checkpoints = new Map<string, ShardCheckpoint>(Object.entries(parts.resumeFrom ?? {}));
  const running = new Map<string, Promise<void>>();
  let ends = 0;
  let isToldDisabled = false;
  const isStopping = () => stopping.aborted;

  /** How often a shard was left that did not come to its end, since its checkpoint last moved. */
  const setbacks = new Map<string, number>();
  const finish = async (shardId: string, end: ShardEnd | 'broken'): Promise<void> => {
    if (end === 'drained') checkpoints.set(shardId, { kind: 'drained' });
    if (end === 'gone' || end === 'broken') {
      caughtUp.shardStarted(shardId);
      const times = (setbacks.get(shardId) ?? 0) + 1;
      setbacks.set(shardId, times);
      // Its children may be read at once; itself, if it is still listed, not for a while.
      between.wake();
      await parts.backOff(times);
    }
    running.delete(shardId);
    if (end === 'stopped') return;
    caughtUp.shardEnded(shardId);
    ends += 1;
    between.wake();
  };
  const begin = async (shardId: string, from: Position): Promise<void> => {
    const work = parts.workOn(shardId, from, (sequenceNumber) => {
      checkpoints.set(shardId, { kind: 'after', sequenceNumber });
      setbacks.delete(shardId);
    });
    if (from.kind === 'LATEST') {
      const second = Math.floor(parts.now() / 1_000);
      await work.open();
      checkpoints.set(shardId, { kind: 'since', second });
    }
    caughtUp.shardStarted(shardId);
    running.set(
      shardId,
      work.run().then(
        (end) => finish(shardId, end),
        (cause: unknown) => {
          // A bug of the mapping. The checkpoint stands, so the shard is taken up again, and nothing is left out.
          parts.onError(new LocalStackError(`The work on shard ${shardId} broke off.`, { cause }));
          return finish(shardId, 'broken');
        },
      ),
    );
  };
  /** Resolves with whether all shards are known by now: children may be listed only some time after a shard has ended. */
  const discover = async (isFirst: boolean): Promise<boolean> => {
    const endsBefore = ends;
    const since = caughtUp.now();
    const { shards, isEnabled } = await api.describe();
    const starts = isFirst ? startPositions(shards, parts.startingPosition, parts.resumeFrom) : undefined;
    for (const [shardId, start] of starts ?? [])
      if (start.kind === 'drained') checkpoints.set(shardId, start);
    const drained = new Set([...checkpoints].filter(([, at]) => at.kind === 'drained').map(([id]) => id));
    for (const { shardId } of readableShards(shards, drained)) {
      if (running.has(shardId)) continue;
      const start = starts?.get(shardId);
      await begin(
        shardId,
        start && start.kind !== 'drained' ? start : resumePosition(checkpoints.get(shardId)),
      );
    }
    const ended = shards.filter(({ shardId }) => checkpoints.get(shardId)?.kind === 'drained');
    const parents = parentShards(shards);
    const isComplete = !isEnabled || ended.every(({ shardId }) => parents.has(shardId));
    if (ends === endsBefore && isComplete) caughtUp.discovered(since);
    if (!isEnabled && !isToldDisabled) {
      isToldDisabled = true;
      parts.onError(
        new LocalStackError(
          `${parts.streamArn} is disabled. It is read to its end; then nothing more comes.`,
        ),
      );
    }
    return isComplete;
  };
  /** Looks again after a while; at once if it was woken since it last looked, or did not learn all. */
  const keepDiscovering = async (wakesBefore: number, knowsAll: boolean): Promise<void> => {
    let wakes = wakesBefore;
    let isUnsure = !knowsAll;
    for (let failures = 0; !isStopping();) {
      if (!isUnsure && between.wakes() === wakes) await between.sleep(parts.discoveryIntervalMs);
      if (isStopping()) break;
      wakes = between.wakes();
      try {
        failures = (await discover(false)) ? 0 : failures + 1;
      } catch (cause) {
        if (isStopping()) break;
        if (cause instanceof ResourceNotFoundException) {
          const gone = streamNotFound(parts.streamArn, cause);
          parts.onError(gone);
          caughtUp.stopped(gone);
          break;
        }
        failures += 1;
        parts.onError(
          new LocalStackError(`The shards of ${parts.streamArn} cannot be listed, trying again.`, { cause }),
        );
      }
      isUnsure = failures > 0;
      if (isUnsure) await parts.backOff(failures);
    }
    await Promise.all(running.values());
  };

  const wakes = between.wakes();
  const knowsAll = await discover(true);
  return { checkpoints: () => Object.fromEntries(checkpoints), ended: keepDiscovering(wakes, knowsAll) };
}

/** With the words that Lambda has when a mapping is created. */
export const streamNotFound = (streamArn: string, cause: Error): LocalStackError =>
  new LocalStackError(
    `Stream not found: ${streamArn}. It was deleted (some local engines do that to a stream that is disabled), or never was; a table that is made again has a stream with another ` +
      `ARN (LatestStreamArn).`,
    { cause },
  );
