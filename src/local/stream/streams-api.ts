import type { _Record as StreamsApiRecord, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import type { Shard } from './shard-lineage.ts';

/** Where the reading of a shard goes on. */
export type Position =
  | { readonly kind: 'TRIM_HORIZON' }
  | { readonly kind: 'LATEST' }
  /** Behind everything that was written before this second of the epoch: as far as LATEST can be told afterwards. */
  | { readonly kind: 'SINCE'; readonly second: number }
  | { readonly kind: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string };

export interface StreamDescription {
  readonly shards: readonly Shard[];
  /** Whether more will be written to it: then a shard that ends has children, if not at once. */
  readonly isEnabled: boolean;
}

export interface RecordsPage {
  readonly records: readonly StreamsApiRecord[];
  /** Absent when the shard is closed and read to its end. */
  readonly nextIterator?: string;
}

/** The three calls of the Streams API that a mapping makes, for one stream. */
export interface StreamsApi {
  readonly describe: () => Promise<StreamDescription>;
  readonly getIterator: (shardId: string, position: Position) => Promise<string | undefined>;
  readonly getRecords: (iterator: string, limit: number) => Promise<RecordsPage>;
}

/** GetRecords gives at most so many records, and at most 1 MB.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
export const maximumRecordsPerRead = 1_000;

/** Calls that are under way when the signal aborts are abandoned. */
export function streamsApi(
  client: DynamoDBStreamsClient,
  streamArn: string,
  abortSignal: AbortSignal,
): StreamsApi {
  const describe = async (after?: string): Promise<StreamDescription> => {
    const command = new DescribeStreamCommand({ StreamArn: streamArn, ExclusiveStartShardId: after });
    const { StreamDescription: stream } = await client.send(command, { abortSignal });
    const shards = (stream?.Shards ?? []).flatMap(({ ShardId, ParentShardId }) =>
      ShardId === undefined
        ? []
        : [{ shardId: ShardId, ...(ParentShardId !== undefined && { parentShardId: ParentShardId }) }],
    );
    const next = stream?.LastEvaluatedShardId;
    const isEnabled = stream?.StreamStatus !== 'DISABLED' && stream?.StreamStatus !== 'DISABLING';
    if (next === undefined) return { shards, isEnabled };
    return { shards: [...shards, ...(await describe(next)).shards], isEnabled };
  };
  return {
    describe: () => describe(),
    getIterator: async (shardId, position) => {
      const command = new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: shardId,
        ShardIteratorType: position.kind === 'SINCE' ? 'TRIM_HORIZON' : position.kind,
        ...(position.kind === 'AFTER_SEQUENCE_NUMBER' && { SequenceNumber: position.sequenceNumber }),
      });
      return (await client.send(command, { abortSignal })).ShardIterator;
    },
    getRecords: async (iterator, limit) => {
      const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: limit });
      const { Records = [], NextShardIterator } = await client.send(command, { abortSignal });
      return {
        records: Records,
        ...(NextShardIterator !== undefined && { nextIterator: NextShardIterator }),
      };
    },
  };
}
