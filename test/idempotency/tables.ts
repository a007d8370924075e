import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand, DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import type { LocalStack } from '../../src/local/index.ts';

export const dynamoDBClient = ({ environment }: Pick<LocalStack, 'environment'>): DynamoDBClient =>
  new DynamoDBClient({
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
    endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB,
  });

/** A table with string keys; its name. */
export async function makeTable(
  client: DynamoDBClient,
  name: string,
  keys: readonly string[],
): Promise<string> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      KeySchema: keys.map((key, index) => ({ AttributeName: key, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      AttributeDefinitions: keys.map((key) => ({ AttributeName: key, AttributeType: 'S' })),
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return name;
}

export async function itemsOf(
  client: DynamoDBClient,
  table: string,
): Promise<readonly Readonly<Record<string, AttributeValue>>[]> {
  const items = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table })) items.push(...Items);
  return items;
}
