import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';

export const localConfig = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
} as const;

// A local queue's URL may carry a host that no one resolves.
export const sqsAt = (endpoint: string): SQSClient =>
  new SQSClient({ ...localConfig, endpoint, useQueueUrlAsEndpoint: false });

export const dynamodbAt = (endpoint: string): DynamoDBClient =>
  new DynamoDBClient({ ...localConfig, endpoint });
