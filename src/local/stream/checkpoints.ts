import type { Shard } from './shard-lineage.ts';
import { parentShards } from './shard-lineage.ts';
import type { Position } from './streams-api.ts';

export type StartingPosition = 'TRIM_HORIZON' | 'LATEST';

/** How far a shard is settled. Plain data: it survives JSON. */
export type ShardCheckpoint =
  | { readonly kind: 'after'; readonly sequenceNumber: string }
  /** Nothing of it is settled, and nothing written before this second of the epoch counts: it began at LATEST. */
  | { readonly kind: 'since'; readonly second: number }
  /** Closed and settled to its end, or older than a mapping that started at LATEST. */
  | { readonly kind: 'drained' };

/** How far a mapping came, by shard id. */
export type Checkpoints = Readonly<Record<string, ShardCheckpoint>>;

/** Where a shard goes on that was found while the mapping ran, or that is read again: nothing of it may be left out. */
export function resumePosition(checkpoint: ShardCheckpoint | undefined): Position {
  switch (checkpoint?.kind) {
    case 'after':
      return { kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: checkpoint.sequenceNumber };
    case 'since':
      return { kind: 'SINCE', second: checkpoint.second };
    case 'drained':
    case undefined:
      return { kind: 'TRIM_HORIZON' };
  }
}

/**
 * Where the shards start that a mapping finds when it starts. LATEST means: skip the shards that have children, and start
 * at the end of the others. That is for the first time; what an earlier run (`resumeFrom`) does not know came after it.
 */
export function startPositions(
  shards: readonly Shard[],
  startingPosition: StartingPosition,
  resumeFrom: Checkpoints | undefined,
): ReadonlyMap<string, Position | { readonly kind: 'drained' }> {
  const parents = parentShards(shards);
  const startOf = ({ shardId }: Shard) => {
    const checkpoint = resumeFrom?.[shardId];
    if (checkpoint?.kind === 'drained') return checkpoint;
    if (resumeFrom || startingPosition === 'TRIM_HORIZON') return resumePosition(checkpoint);
    return parents.has(shardId) ? ({ kind: 'drained' } as const) : ({ kind: 'LATEST' } as const);
  };
  return new Map(shards.map((shard) => [shard.shardId, startOf(shard)]));
}
