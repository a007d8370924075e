import { readFile } from 'node:fs/promises';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { CreateTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { startLocalStack } from 'spillway/local';
import { lambdaContext } from 'spillway/testing';
import { parseYaml } from '../../../src/local/template/parse-yaml.ts';
import type { ApiRequest } from './http-event.ts';
import { httpEvent } from './http-event.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export type OpenApi = Awaited<ReturnType<typeof openApi>>;

/** The function `api` as it is, on a real table, made from serverless.yml. */
export async function openApi() {
  const stack = await startLocalStack();
  const table = 'Shop';
  Object.assign(process.env, stack.environment, { SHOP_TABLE: table });
  // Late, for the client finds the stack through the environment.
  const [{ handler }, { dynamodb }] = await Promise.all([
    import('../../../handlers/api.ts'),
    import('../../../handlers/shop.ts'),
  ]);
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({ ...(await tableOf('ShopTable')), TableName: table }),
  );

  return {
    stack,
    dynamodb,
    streamArn: TableDescription?.LatestStreamArn ?? '',
    async call(route: string, request?: ApiRequest): Promise<ApiAnswer> {
      const result = await handler(httpEvent(route, request), lambdaContext());
      const { statusCode = 0, headers = {}, body = '' } = result as APIGatewayProxyStructuredResultV2;
      return { status: statusCode, headers, body: JSON.parse(body) as ApiAnswer['body'] };
    },
    async put(...items: readonly object[]): Promise<void> {
      for (const item of items)
        await dynamodb.send(new PutItemCommand({ TableName: table, Item: marshall(item) }));
    },
    async get(pk: string, sk: string): Promise<Record<string, unknown> | undefined> {
      const Key = { pk: { S: pk }, sk: { S: sk } };
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName: table, Key, ConsistentRead: true }),
      );
      return Item && unmarshall(Item);
    },
    close: () => stack.stop(),
  };
}

/** What serverless.yml says about a table, as a request that creates it. */
async function tableOf(logicalId: string): Promise<CreateTableCommandInput> {
  const path = new URL('../../../serverless.yml', import.meta.url).pathname;
  const service = (await parseYaml(await readFile(path, 'utf8'), path)) as unknown as {
    readonly resources: { readonly Resources: Readonly<Record<string, { readonly Properties: object }>> };
  };
  const { StreamSpecification, ...properties } = (service.resources.Resources[logicalId]?.Properties ??
    {}) as CreateTableCommandInput;
  const { TableName, KeySchema, AttributeDefinitions, BillingMode, GlobalSecondaryIndexes } = properties;
  return {
    TableName,
    KeySchema,
    AttributeDefinitions,
    BillingMode,
    GlobalSecondaryIndexes,
    StreamSpecification: { ...StreamSpecification, StreamEnabled: true },
  };
}
