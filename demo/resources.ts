import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Clients } from './clients.ts';

export const tables = { shop: 'Shop', ledger: 'Ledger', audit: 'DemoAudit' } as const;

export interface Resources {
  readonly streamArn: string;
  readonly queueUrl: string;
  readonly queueArn: string;
}

/** The tables and the queue of serverless.yml, and a table in which the demo writes down what it saw. */
export async function createResources({ dynamodb, sqs }: Clients, sqsEndpoint: string): Promise<Resources> {
  const [{ TableDescription }, { QueueUrl = '' }] = await Promise.all([
    dynamodb.send(
      new CreateTableCommand({
        ...tableWithKeys(tables.shop, 'pk', 'sk'),
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      }),
    ),
    sqs.send(new CreateQueueCommand({ QueueName: 'shop-dead-letters' })),
    dynamodb.send(new CreateTableCommand(tableWithKeys(tables.ledger, 'id'))),
    dynamodb.send(new CreateTableCommand(tableWithKeys(tables.audit, 'id'))),
  ]);
  return {
    streamArn: TableDescription?.LatestStreamArn ?? '',
    // fauxqs gives its queues a host name that not every machine resolves.
    queueUrl: new URL(new URL(QueueUrl).pathname, sqsEndpoint).href,
    queueArn: await arnOf(sqs, QueueUrl),
  };
}

async function arnOf(sqs: SQSClient, QueueUrl: string): Promise<string> {
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
  return (await sqs.send(command)).Attributes?.QueueArn ?? '';
}

const tableWithKeys = (
  name: string,
  hashKey: string,
  ...rangeKeys: readonly string[]
): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [hashKey, ...rangeKeys].map((AttributeName) => ({
    AttributeName,
    AttributeType: 'S',
  })),
  KeySchema: [
    { AttributeName: hashKey, KeyType: 'HASH' },
    ...rangeKeys.map((AttributeName) => ({ AttributeName, KeyType: 'RANGE' as const })),
  ],
});
