import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it } from 'vitest';
import { streamsApi } from '../../../src/local/stream/streams-api.ts';

/** A client that answers from a list, and the inputs it was called with. */
function answering(...answers: readonly object[]) {
  const inputs: unknown[] = [];
  const client = new DynamoDBStreamsClient({ region: 'us-east-1' });
  client.middlewareStack.add(
    () => (args) => {
      inputs.push(args.input);
      const output = { $metadata: {}, ...answers[inputs.length - 1] };
      return Promise.resolve({ output, response: {} });
    },
    { step: 'initialize', priority: 'low' },
  );
  return { api: streamsApi(client, 'arn', new AbortController().signal), inputs };
}

describe('the calls of the Streams API', () => {
  it('list the shards of all pages, without their ends', async () => {
    const range = { StartingSequenceNumber: '1', EndingSequenceNumber: '2' };
    const { api, inputs } = answering(
      {
        StreamDescription: {
          Shards: [{ ShardId: 'a', SequenceNumberRange: range }],
          LastEvaluatedShardId: 'a',
        },
      },
      { StreamDescription: { Shards: [{ ShardId: 'b', ParentShardId: 'a' }] } },
    );
    expect(await api.describe()).toEqual({
      shards: [{ shardId: 'a' }, { shardId: 'b', parentShardId: 'a' }],
      isEnabled: true,
    });
    expect(inputs).toEqual([
      { StreamArn: 'arn', ExclusiveStartShardId: undefined },
      { StreamArn: 'arn', ExclusiveStartShardId: 'a' },
    ]);
  });

  it('list no shards of a stream that has none yet', async () => {
    expect(await answering({}).api.describe()).toEqual({ shards: [], isEnabled: true });
  });

  it('begin where they are told', async () => {
    const { api, inputs } = answering({ ShardIterator: 'i' }, { ShardIterator: 'j' });
    expect(await api.getIterator('a', { kind: 'TRIM_HORIZON' })).toBe('i');
    expect(await api.getIterator('a', { kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: '7' })).toBe('j');
    const shard = { StreamArn: 'arn', ShardId: 'a' };
    expect(inputs).toEqual([
      { ...shard, ShardIteratorType: 'TRIM_HORIZON' },
      { ...shard, ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: '7' },
    ]);
  });

  it('know a shard as closed by the missing iterator alone', async () => {
    const { api, inputs } = answering({ Records: [], NextShardIterator: 'j' }, {});
    expect(await api.getRecords('i', 5)).toEqual({ records: [], nextIterator: 'j' });
    expect(await api.getRecords('j', 5)).toEqual({ records: [] });
    expect(inputs[0]).toEqual({ ShardIterator: 'i', Limit: 5 });
  });
});
