import type { DynamoDBStreamsClient, ShardIteratorType } from '@aws-sdk/client-dynamodb-streams';
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { expect } from 'vitest';
import { plainClient, serverForTest } from './clients.ts';
import type { StreamsServerOptions } from './start-streams-server.ts';
import type { StreamChange } from './stream-change.ts';

export const item = (pk: string, more: StreamChange['newImage'] = {}): StreamChange => ({
  newImage: { pk: { S: pk }, ...more },
});
export const items = (count: number) => Array.from({ length: count }, (_, index) => item(`item-${index}`));

export async function startWithClient(options?: StreamsServerOptions) {
  const server = await serverForTest(options);
  const client = plainClient(server.endpoint);
  return { server, ...callsOf(client, server.streamArn), firstShard: firstOf(server.shards()).shardId };
}

const callsOf = (client: DynamoDBStreamsClient, StreamArn: string) => ({
  describeStream: async (
    input: Omit<ConstructorParameters<typeof DescribeStreamCommand>[0], 'StreamArn'> = {},
  ) => (await client.send(new DescribeStreamCommand({ StreamArn, ...input }))).StreamDescription,
  listStreams: () => client.send(new ListStreamsCommand()),
  iterator: async (ShardId: string, ShardIteratorType: ShardIteratorType, SequenceNumber?: string) => {
    const input = { StreamArn, ShardId, ShardIteratorType, SequenceNumber };
    return (await client.send(new GetShardIteratorCommand(input))).ShardIterator;
  },
  read: async (ShardIterator: string | undefined, Limit?: number) => {
    const page = await client.send(new GetRecordsCommand({ ShardIterator, Limit }));
    return {
      records: page.Records ?? [],
      numbers: (page.Records ?? []).map(({ dynamodb }) => dynamodb?.SequenceNumber),
      next: page.NextShardIterator,
    };
  },
});

export const firstOf = <Value>(values: readonly Value[]): Value => {
  const [first] = values;
  if (first === undefined) throw new Error('The list is empty.');
  return first;
};

// What vitest's matchers are typed as would switch off every check of what they stand in.
export const named = (name: string): unknown => expect.objectContaining({ name });
export const failing = (name: string, httpStatusCode: number): unknown =>
  expect.objectContaining({ name, $metadata: matchingObject({ httpStatusCode }) });
const matchingObject = (fields: object): unknown => expect.objectContaining(fields);
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
export const someText: unknown = expect.any(String);
export const someDate: unknown = expect.any(Date);

/** One after the other. */
export async function inOrder<Value, Result>(
  values: readonly Value[],
  work: (value: Value) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const value of values) results.push(await work(value));
  return results;
}
