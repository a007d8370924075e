import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { LocalStack } from '../../src/local/index.ts';

export interface BenchTable {
  readonly streamArn: string;
  /** Writes an item of about 200 bytes. */
  readonly put: (id: string) => Promise<void>;
  readonly close: () => void;
}

const TableName = 'bench';

export async function createTable({ environment }: Pick<LocalStack, 'environment'>): Promise<BenchTable> {
  const client = new DynamoDBClient({
    region: environment.AWS_REGION,
    endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  });
  const { TableDescription } = await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  );
  return {
    streamArn: TableDescription?.LatestStreamArn ?? '',
    put: async (id) => {
      const Item = { pk: { S: id }, text: { S: 'x'.repeat(180) } };
      await client.send(new PutItemCommand({ TableName, Item }));
    },
    close: () => client.destroy(),
  };
}
