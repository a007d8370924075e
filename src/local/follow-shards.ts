import { LocalStackError } from '../errors.ts';
import type { CaughtUpWatch } from './caught-up.ts';
import type { Checkpoints, ShardCheckpoint } from './checkpoints.ts';
import { resumePosition, startPositions } from './checkpoints.ts';
import type { ShardEnd } from './gather-batch.ts';
import type { StartingPosition } from './mapping-options.ts';
import { readableShards } from './shard-lineage.ts';
import type { Sleeper } from './sleeper.ts';
import type { Position, StreamsApi } from './streams-api.ts';

/** The work on one shard: settles its records from the place it was begun at to its end. */
export interface ShardWork {
  /** Fixes the place, so that LATEST means: from now on. */
  readonly open: () => Promise<void>;
  readonly run: () => Promise<ShardEnd>;
}

export interface FollowerParts {
  readonly streamArn: string;
  readonly api: Pick<StreamsApi, 'listShards'>;
  readonly startingPosition: StartingPosition;
  readonly resumeFrom: Checkpoints;
  readonly discoveryIntervalMs: number;
  readonly workOn: (
    shardId: string,
    from: Position,
    moveCheckpoint: (sequenceNumber: string) => void,
  ) => ShardWork;
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
  const checkpoints = new Map<string, ShardCheckpoint>(Object.entries(parts.resumeFrom));
  const running = new Map<string, Promise<void>>();
  let ends = 0;
  let isDue = false;
  const isStopping = () => stopping.aborted;

  const finish = (shardId: string, end: ShardEnd): void => {
    running.delete(shardId);
    if (end === 'stopped') return;
    ends += 1;
    caughtUp.shardEnded(shardId);
    if (end !== 'drained') return;
    checkpoints.set(shardId, { kind: 'drained' });
    isDue = true;
    between.wake();
  };
  const begin = async (shardId: string, from: Position): Promise<void> => {
    const work = parts.workOn(shardId, from, (sequenceNumber) =>
      checkpoints.set(shardId, { kind: 'after', sequenceNumber }),
    );
    if (from.kind === 'LATEST') await work.open();
    caughtUp.shardStarted(shardId);
    running.set(
      shardId,
      work.run().then(
        (end) => finish(shardId, end),
        (cause: unknown) => {
          // A bug of the mapping. The checkpoint stands, so the shard is taken up again, and nothing is left out.
          parts.onError(new LocalStackError(`The work on shard ${shardId} broke off.`, { cause }));
          finish(shardId, 'gone');
        },
      ),
    );
  };
  const discover = async (isFirst: boolean): Promise<void> => {
    const endsBefore = ends;
    isDue = false;
    const shards = await api.listShards();
    const starts = isFirst ? startPositions(shards, parts.startingPosition, checkpoints) : undefined;
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
    if (ends === endsBefore) caughtUp.discovered();
  };
  const keepDiscovering = async (): Promise<void> => {
    for (let failures = 0; !isStopping();) {
      if (!isDue) await between.sleep(parts.discoveryIntervalMs);
      if (isStopping()) break;
      try {
        await discover(false);
        failures = 0;
      } catch (cause) {
        if (isStopping()) break;
        isDue = true;
        failures += 1;
        parts.onError(
          new LocalStackError(`The shards of ${parts.streamArn} cannot be listed, trying again.`, { cause }),
        );
        await parts.backOff(failures);
      }
    }
    await Promise.all(running.values());
  };

  await discover(true);
  return { checkpoints: () => Object.fromEntries(checkpoints), ended: keepDiscovering() };
}
