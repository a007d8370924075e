import type { StartingPosition } from './mapping-options.ts';
import type { Shard } from './shard-lineage.ts';
import { parentShards } from './shard-lineage.ts';
import type { Position } from './streams-api.ts';

/** How far a shard is settled. Plain data: it survives JSON. */
export type ShardCheckpoint =
  | { readonly kind: 'after'; readonly sequenceNumber: string }
  /** Closed and settled to its end, or older than a mapping that started at LATEST. */
  | { readonly kind: 'drained' };

/** How far a mapping came, by shard id. */
export type Checkpoints = Readonly<Record<string, ShardCheckpoint>>;

/** Where a shard goes on that was found while the mapping ran, or that is read again: nothing of it may be left out. */
export const resumePosition = (checkpoint: ShardCheckpoint | undefined): Position =>
  checkpoint?.kind === 'after'
    ? { kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: checkpoint.sequenceNumber }
    : { kind: 'TRIM_HORIZON' };

/**
 * Where the shards start that a mapping finds when it starts, as far as they have no checkpoint of their own. LATEST
 * means: skip the shards that have children, and start at the end of the others. It does not hold for descendants of a
 * shard that has a checkpoint; those are newer than what was settled.
 */
export function startPositions(
  shards: readonly Shard[],
  startingPosition: StartingPosition,
  checkpoints: ReadonlyMap<string, ShardCheckpoint>,
): ReadonlyMap<string, Position | { readonly kind: 'drained' }> {
  const byId = new Map(shards.map((shard) => [shard.shardId, shard]));
  const parents = parentShards(shards);
  const isNewer = ({ parentShardId }: Shard): boolean => {
    if (parentShardId === undefined) return false;
    if (checkpoints.has(parentShardId)) return true;
    const parent = byId.get(parentShardId);
    return parent !== undefined && isNewer(parent);
  };
  const startOf = (shard: Shard) => {
    if (startingPosition === 'TRIM_HORIZON' || isNewer(shard)) return { kind: 'TRIM_HORIZON' } as const;
    return parents.has(shard.shardId) ? ({ kind: 'drained' } as const) : ({ kind: 'LATEST' } as const);
  };
  return new Map(
    shards.map((shard) => {
      const checkpoint = checkpoints.get(shard.shardId);
      if (checkpoint?.kind === 'drained') return [shard.shardId, checkpoint];
      return [shard.shardId, checkpoint ? resumePosition(checkpoint) : startOf(shard)];
    }),
  );
}
