import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Files } from './dev-session.ts';

/** A handler that says for each record which version of it was at work. */
export const handlerThatSays = (version: string): string =>
  `export const handler = async ({ Records }) => {
    for (const { dynamodb } of Records) console.log('${version} ' + dynamodb.Keys.pk.S);
  };
`;

/** One table, one function, packaged as this repository packages its example. */
export const smallService: Files = {
  'handlers/orders.ts': handlerThatSays('first'),
  'serverless.yml': `service: small
plugins: [serverless-esbuild]
provider: { name: aws, runtime: nodejs24.x, region: eu-central-1 }
functions:
  orders:
    handler: handlers/orders.handler
    events:
      - stream:
          type: dynamodb
          arn: !GetAtt Orders.StreamArn
          startingPosition: TRIM_HORIZON
custom:
  esbuild: { format: esm, target: node24, outputFileExtension: .mjs }
resources:
  Resources:
    Orders:
      Type: AWS::DynamoDB::Table
      Properties:
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
        KeySchema: [{ AttributeName: pk, KeyType: HASH }]
        StreamSpecification: { StreamViewType: NEW_IMAGE }
`,
};

/** A table and a function `Teller` whose code is in `dist/`, as SAM has them. */
export const streamTemplate = `AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: { Runtime: nodejs24.x, Timeout: 5 }
Resources:
  Orders:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
      StreamSpecification: { StreamViewType: NEW_IMAGE }
  Teller:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: dist/
      Handler: index.handler
      Events:
        Changes:
          Type: DynamoDB
          Properties: { Stream: !GetAtt Orders.StreamArn, StartingPosition: TRIM_HORIZON }
`;

/** Writes items at the endpoint that was printed. */
export async function putOrders(said: string, TableName: string, ...ids: readonly string[]): Promise<void> {
  const [, endpoint = ''] = /export AWS_ENDPOINT_URL_DYNAMODB=(\S+)/.exec(said) ?? [];
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  for (const id of ids) await client.send(new PutItemCommand({ TableName, Item: { pk: { S: id } } }));
  client.destroy();
}
