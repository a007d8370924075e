import type { DynamoDBStreamsClientConfig } from '@aws-sdk/client-dynamodb-streams';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { exactStreamsClient } from '../../src/stream/exact-streams-client.ts';
import type { Series } from './series.ts';
import type { ServedStream } from './served-stream.ts';
import { servedRecords, serveStream } from './served-stream.ts';

/** Reads the whole stream with nothing around the client, up to the first page that brings nothing, as a mapping does. */
export async function readBare(
  { streamArn, stack }: ServedStream,
  make: (config: DynamoDBStreamsClientConfig) => DynamoDBStreamsClient,
): Promise<number> {
  const { environment } = stack;
  const startedAt = performance.now();
  const client = make({
    endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB_STREAMS,
    region: environment.AWS_REGION,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const position = { StreamArn: streamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
  let { ShardIterator: iterator } = await client.send(new GetShardIteratorCommand(position));
  let records = 0;
  for (let isMore = true; isMore;) {
    const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator, Limit: 1_000 }));
    records += page.Records?.length ?? 0;
    isMore = (page.Records?.length ?? 0) > 0;
    iterator = page.NextShardIterator;
  }
  const elapsedMs = performance.now() - startedAt;
  client.destroy();
  if (records !== servedRecords) throw new Error(`${records} of ${servedRecords} records were read`);
  return elapsedMs;
}

/** The same pages without the SDK: fetched and parsed, and no more. */
async function fetchPages({ streamArn, stack }: ServedStream): Promise<number> {
  const call = async (operation: string, input: object): Promise<Readonly<Record<string, unknown>>> => {
    const response = await fetch(stack.environment.AWS_ENDPOINT_URL_DYNAMODB_STREAMS, {
      method: 'POST',
      headers: { 'X-Amz-Target': `DynamoDBStreams_20120810.${operation}` },
      body: JSON.stringify(input),
    });
    return JSON.parse(await response.text()) as Readonly<Record<string, unknown>>;
  };
  const startedAt = performance.now();
  const { StreamDescription } = await call('DescribeStream', { StreamArn: streamArn });
  const [shard] = (StreamDescription as { readonly Shards: readonly { readonly ShardId: string }[] }).Shards;
  let { ShardIterator: iterator } = await call('GetShardIterator', {
    StreamArn: streamArn,
    ShardId: shard?.ShardId,
    ShardIteratorType: 'TRIM_HORIZON',
  });
  for (let isMore = true; isMore;) {
    const page = await call('GetRecords', { ShardIterator: iterator, Limit: 1_000 });
    isMore = (page['Records'] as readonly unknown[]).length > 0;
    iterator = page['NextShardIterator'];
  }
  return performance.now() - startedAt;
}

const rounds = 7;

export async function measureReading(): Promise<readonly Series[]> {
  using stream = await serveStream();
  const ways = [
    { label: "reading alone, Spillway's client", read: () => readBare(stream, exactStreamsClient) },
    {
      label: "reading alone, the SDK's own client",
      read: () => readBare(stream, (config) => new DynamoDBStreamsClient(config)),
    },
    { label: 'reading alone, fetch and JSON.parse', read: () => fetchPages(stream) },
  ];
  for (const { read } of ways) await read();
  const values = ways.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [index, { read }] of ways.entries())
      values[index]?.push((servedRecords / (await read())) * 1_000);
  return ways.map(({ label }, index) => ({
    label,
    unit: 'records/s',
    values: values[index] ?? [],
    aims: [],
  }));
}
