/** A shard as DescribeStream lists it. Its end is left out: it is no sign that the shard is closed. */
export interface Shard {
  readonly shardId: string;
  readonly parentShardId?: string;
}

/**
 * The shards that may be read now: those not drained whose parent is drained, or is no longer listed because the stream
 * has forgotten it. A child holds later changes of the same items, so it waits for its parent.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
 */
export const readableShards = (shards: readonly Shard[], drained: ReadonlySet<string>): readonly Shard[] => {
  const listed = new Set(shards.map(({ shardId }) => shardId));
  const waitsFor = (parent: string | undefined) =>
    parent !== undefined && listed.has(parent) && !drained.has(parent);
  return shards.filter(({ shardId, parentShardId }) => !drained.has(shardId) && !waitsFor(parentShardId));
};

/** The shards that have children: closed, all of their records older than those of their children. */
export const parentShards = (shards: readonly Shard[]): ReadonlySet<string> =>
  new Set(shards.map(({ parentShardId }) => parentShardId).filter((parent) => parent !== undefined));
