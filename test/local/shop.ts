import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { DynamoDBBatchResponse, DynamoDBRecord } from 'aws-lambda';
import type { LocalStack, OnFailurePointer } from '../../src/local/index.ts';

/** A table with a stream and a queue, on a local stack. */
export interface Shop {
  readonly streamArn: string;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly put: (...ids: readonly string[]) => Promise<void>;
  readonly takePointers: () => Promise<readonly OnFailurePointer[]>;
  readonly deleteTable: () => Promise<void>;
  readonly close: () => void;
}

export async function openShop(stack: Pick<LocalStack, 'environment'>, table: string): Promise<Shop> {
  const { environment } = stack;
  const config = {
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  };
  const dynamodb = new DynamoDBClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB });
  const sqs = new SQSClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_SQS });
  const [{ TableDescription }, { QueueUrl = '' }] = await Promise.all([
    dynamodb.send(
      new CreateTableCommand({
        TableName: table,
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    ),
    sqs.send(new CreateQueueCommand({ QueueName: `${table}-failures` })),
  ]);
  const takePointers = async (): Promise<readonly OnFailurePointer[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    for (const { ReceiptHandle } of Messages)
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    return Messages.map(({ Body = '' }) => JSON.parse(Body) as OnFailurePointer);
  };
  return {
    streamArn: TableDescription?.LatestStreamArn ?? '',
    queueUrl: QueueUrl,
    queueArn: `arn:aws:sqs:us-east-1:000000000000:${table}-failures`,
    put: async (...ids) => {
      for (const id of ids)
        await dynamodb.send(
          new PutItemCommand({
            TableName: table,
            Item: { pk: { S: id }, photo: { B: new Uint8Array([255, 0]) } },
          }),
        );
    },
    takePointers,
    deleteTable: async () => {
      await dynamodb.send(new DeleteTableCommand({ TableName: table }));
    },
    close: () => {
      dynamodb.destroy();
      sqs.destroy();
    },
  };
}

export const idOf = (record: DynamoDBRecord): string => record.dynamodb?.Keys?.['pk']?.S ?? '';

export const sequenceNumberOf = (record: DynamoDBRecord | undefined): string =>
  record?.dynamodb?.SequenceNumber ?? '';

export const failedFrom = (record: DynamoDBRecord | undefined): DynamoDBBatchResponse => ({
  batchItemFailures: record ? [{ itemIdentifier: sequenceNumberOf(record) }] : [],
});

export const named = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
