import type {
  _Record as StreamsApiRecord,
  DynamoDBStreamsClient,
  Shard,
} from '@aws-sdk/client-dynamodb-streams';
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';

/** Reads one page of each shard whose parent is read to its end. */
export interface LineageReader {
  /** Resolves to whether there is anything left to read: shards that are open, or closed and not read to their end. */
  readonly step: (limit?: number) => Promise<boolean>;
  readonly records: () => readonly StreamsApiRecord[];
}

/** The least that reads a stream rightly: a yardstick for readers, and a test of the server. */
export function createLineageReader(client: DynamoDBStreamsClient, StreamArn: string): LineageReader {
  const records: StreamsApiRecord[] = [];
  const iterators = new Map<string, string>();
  const drained = new Set<string>();

  const shardsFrom = async (ExclusiveStartShardId?: string): Promise<readonly Shard[]> => {
    const { StreamDescription: stream } = await client.send(
      new DescribeStreamCommand({ StreamArn, ExclusiveStartShardId }),
    );
    const shards = stream?.Shards ?? [];
    const next = stream?.LastEvaluatedShardId;
    return next === undefined ? shards : [...shards, ...(await shardsFrom(next))];
  };
  const firstIterator = async (ShardId: string) => {
    const command = new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    return (await client.send(command)).ShardIterator ?? '';
  };
  const readPage = async (shardId: string, Limit?: number) => {
    const ShardIterator = iterators.get(shardId) ?? (await firstIterator(shardId));
    const page = await client.send(new GetRecordsCommand({ ShardIterator, Limit }));
    records.push(...(page.Records ?? []));
    if (page.NextShardIterator === undefined) drained.add(shardId);
    else iterators.set(shardId, page.NextShardIterator);
  };

  return {
    step: async (limit) => {
      const shards = await shardsFrom();
      const listed = new Set(shards.map(({ ShardId }) => ShardId));
      const left = shards.filter(({ ShardId = '' }) => !drained.has(ShardId));
      for (const { ShardId = '', ParentShardId: parent } of left)
        if (parent === undefined || drained.has(parent) || !listed.has(parent))
          await readPage(ShardId, limit);
      return left.length > 0;
    },
    records: () => records,
  };
}
