import { z } from 'zod';
import { ServiceError } from './service-error.ts';

const limit = (maximum: number) => z.int().min(1).max(maximum).optional();
const sequenceNumber = z.string().regex(/^\d{21,40}$/);
const shardId = z.string().min(28).max(65);

/** What the operations take.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html */
const schemas = {
  ListStreams: z.object({
    TableName: z.string().optional(),
    Limit: limit(100),
    ExclusiveStartStreamArn: z.string().optional(),
  }),
  DescribeStream: z.object({
    StreamArn: z.string(),
    Limit: limit(100),
    ExclusiveStartShardId: shardId.optional(),
    ShardFilter: z.object({ Type: z.literal('CHILD_SHARDS'), ShardId: shardId }).optional(),
  }),
  GetShardIterator: z.discriminatedUnion('ShardIteratorType', [
    z.object({
      StreamArn: z.string(),
      ShardId: shardId,
      ShardIteratorType: z.literal(['TRIM_HORIZON', 'LATEST']),
    }),
    z.object({
      StreamArn: z.string(),
      ShardId: shardId,
      ShardIteratorType: z.literal(['AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER']),
      SequenceNumber: sequenceNumber,
    }),
  ]),
  GetRecords: z.object({ ShardIterator: z.string().min(1).max(2_048), Limit: limit(1_000) }),
} as const;

export type Operation = keyof typeof schemas;

export type ListStreamsRequest = z.infer<typeof schemas.ListStreams>;
export type DescribeStreamRequest = z.infer<typeof schemas.DescribeStream>;
export type GetShardIteratorRequest = z.infer<typeof schemas.GetShardIterator>;
export type GetRecordsRequest = z.infer<typeof schemas.GetRecords>;

export type StreamsRequest =
  | { readonly operation: 'ListStreams'; readonly input: ListStreamsRequest }
  | { readonly operation: 'DescribeStream'; readonly input: DescribeStreamRequest }
  | { readonly operation: 'GetShardIterator'; readonly input: GetShardIteratorRequest }
  | { readonly operation: 'GetRecords'; readonly input: GetRecordsRequest };

/** @param target the header X-Amz-Target */
export function parseRequest(target: string, body: string): StreamsRequest {
  const operation = target.replace(/^DynamoDBStreams_20120810\./, '');
  const json = jsonOf(body);
  switch (operation) {
    case 'ListStreams':
      return { operation, input: checked(schemas.ListStreams, json) };
    case 'DescribeStream':
      return { operation, input: checked(schemas.DescribeStream, json) };
    case 'GetShardIterator':
      return { operation, input: checked(schemas.GetShardIterator, json) };
    case 'GetRecords':
      return { operation, input: checked(schemas.GetRecords, json) };
    default:
      throw new ServiceError('UnknownOperationException', `There is no operation ${operation}.`);
  }
}

const jsonOf = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    throw new ServiceError('SerializationException', 'The request is not JSON.');
  }
};

function checked<Value>(schema: z.ZodType<Value>, input: unknown): Value {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const found = result.error.issues.map(
    ({ path, message }) => `Value at '${path.join('.')}' failed to satisfy constraint: ${message}`,
  );
  const count = found.length === 1 ? '1 validation error' : `${found.length} validation errors`;
  throw new ServiceError('ValidationException', `${count} detected: ${found.join('; ')}`);
}
