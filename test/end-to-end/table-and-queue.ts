import {
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Letter } from '../../src/dead-letter/letter.ts';
import { decodeLetter } from '../../src/dead-letter/decode-letter.ts';
import type { LocalStack } from '../../src/local/index.ts';

/** Clients of a local stack and what the tests do with them. */
export function openStack({ environment }: Pick<LocalStack, 'environment'>) {
  const config = {
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  };
  const dynamodb = new DynamoDBClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB });
  const sqs = new SQSClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_SQS });

  return {
    dynamodb,
    sqs,
    /** @returns the stream's ARN */
    async createTable(name: string, key: string): Promise<string> {
      const { TableDescription } = await dynamodb.send(
        new CreateTableCommand({
          TableName: name,
          KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
        }),
      );
      return TableDescription?.LatestStreamArn ?? '';
    },
    async createQueue(name: string): Promise<string> {
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
      return QueueUrl;
    },
    async put(table: string, ...items: readonly object[]): Promise<void> {
      for (const item of items)
        await dynamodb.send(new PutItemCommand({ TableName: table, Item: marshall(item) }));
    },
    /** The effect whose count and order the tests look at: appends `change` to the effects of `item`. */
    async append(table: string, item: string, change: number): Promise<void> {
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: table,
          Key: { item: { S: item } },
          UpdateExpression: 'SET changes = list_append(if_not_exists(changes, :none), :change)',
          ExpressionAttributeValues: { ':none': { L: [] }, ':change': { L: [{ N: String(change) }] } },
        }),
      );
    },
    async scan(table: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
      const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
      return Items.map((item) => unmarshall(item));
    },
    async takeLetters(queueUrl: string): Promise<readonly Letter[]> {
      const letters: Letter[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({
            QueueUrl: queueUrl,
            MaxNumberOfMessages: 10,
            MessageAttributeNames: ['All'],
          }),
        );
        if (Messages.length === 0) return letters;
        for (const { Body = '', ReceiptHandle } of Messages) {
          letters.push(await decodeLetter(Body));
          await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
        }
      }
    },
    close() {
      dynamodb.destroy();
      sqs.destroy();
    },
  };
}
