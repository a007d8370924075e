import type { StreamsRequest } from './requests.ts';
import { decodeIterator } from './shard-iterator.ts';

/** A call as it came in. */
export type StreamsCall =
  | { readonly operation: 'ListStreams' }
  | { readonly operation: 'DescribeStream'; readonly exclusiveStartShardId?: string }
  | {
      readonly operation: 'GetShardIterator';
      readonly shardId: string;
      readonly iteratorType: string;
      readonly sequenceNumber?: string;
    }
  | { readonly operation: 'GetRecords'; readonly shardId: string; readonly limit?: number };

export function callOf(request: StreamsRequest, streamArn: string): StreamsCall {
  const { operation, input } = request;
  switch (operation) {
    case 'ListStreams':
      return { operation };
    case 'DescribeStream': {
      const { ExclusiveStartShardId: after } = input;
      return { operation, ...(after !== undefined && { exclusiveStartShardId: after }) };
    }
    case 'GetShardIterator':
      return {
        operation,
        shardId: input.ShardId,
        iteratorType: input.ShardIteratorType,
        ...('SequenceNumber' in input && { sequenceNumber: input.SequenceNumber }),
      };
    case 'GetRecords':
      return {
        operation,
        shardId: decodeIterator(input.ShardIterator, streamArn).shardId,
        ...(input.Limit !== undefined && { limit: input.Limit }),
      };
  }
}
