import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { _Record as StreamsApiRecord } from '@aws-sdk/client-dynamodb-streams';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { createHandler } from '../../src/create-handler.ts';
import type { HandlerOptions } from '../../src/handler-options.ts';
import { exactStreamsClient } from '../../src/stream/exact-streams-client.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startEventSourceMapping } from '../../src/local/index.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import type { ChangeRecord } from '../../src/stream/change.ts';

export type MarshalledItem = Record<string, AttributeValue>;

/** A new table with a stream; the stream's ARN. Its key is `pk`, a text, unless said otherwise. */
export async function makeStream(
  client: DynamoDBClient,
  table: string,
  keys: Readonly<Record<string, 'S' | 'N' | 'B'>> = { pk: 'S' },
): Promise<string> {
  const names = Object.keys(keys);
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName: table,
      KeySchema: names.map((name, index) => ({
        AttributeName: name,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
      AttributeDefinitions: Object.entries(keys).map(([AttributeName, AttributeType]) => ({
        AttributeName,
        AttributeType,
      })),
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  return TableDescription?.LatestStreamArn ?? '';
}

/** Every change of the stream so far, as a handler behind an event source mapping sees it. */
export async function changesOf(
  stack: LocalStack,
  streamArn: string,
  {
    handle,
    streams,
    ...options
  }: HandlerOptions & {
    readonly handle?: (change: ChangeRecord) => void;
    readonly streams?: DynamoDBStreamsClient;
  } = {},
): Promise<readonly ChangeRecord[]> {
  const changes: ChangeRecord[] = [];
  const router = createRouter().onChange('everything', anyItem(), (change) => {
    changes.push(change);
    handle?.(change);
  });
  const invoke = createHandler(router, { ledger: 'off', deadLetters: 'off', log: 'off', ...options });
  await using mapping = await startEventSourceMapping({
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    invoke,
    stack,
    pollIntervalMs: 2,
    retry: { baseDelayMs: 1, maxDelayMs: 1 },
    MaximumRetryAttempts: 0,
    ...(streams && { clients: { streams } }),
  });
  await mapping.untilCaughtUp();
  return changes;
}

export const streamsClient = ({ environment }: LocalStack): DynamoDBStreamsClient =>
  new DynamoDBStreamsClient(configOf(environment));

export const exactStreams = (stack: LocalStack): DynamoDBStreamsClient =>
  exactStreamsClient(configOf(stack.environment));

const configOf = (environment: LocalStack['environment']) => ({
  region: environment.AWS_REGION,
  endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB_STREAMS,
  credentials: {
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
  },
});

/** The records of the first shard, as the SDK's Streams client gives them. */
export async function recordsOf(
  client: DynamoDBStreamsClient,
  StreamArn: string,
): Promise<readonly StreamsApiRecord[]> {
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }),
  );
  const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
  return Records;
}
