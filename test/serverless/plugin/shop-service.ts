import type { Files } from '../../cli/dev/dev-session.ts';

/** The beginning and the end of a serverless.yml: a shop with one table. */
export const yml = (functions: string, more = ''): string => `service: shop
plugins: [serverless-esbuild, spillway/serverless]
provider: { name: aws, runtime: nodejs24.x, region: eu-central-1, timeout: 30 }
functions:
${functions}
custom:
  esbuild: { format: esm, target: node24, outputFileExtension: .mjs, conditions: [spillway-source, module], mainFields: [module, main], exclude: ['@aws-sdk/*'] }
${more}
resources:
  Resources:
    Shop:
      Type: AWS::DynamoDB::Table
      Properties:
        TableName: Shop
        BillingMode: PAY_PER_REQUEST
        AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
        KeySchema: [{ AttributeName: pk, KeyType: HASH }]
        StreamSpecification: { StreamViewType: NEW_AND_OLD_IMAGES }
`;

/** A handler that says the key of what it is given. */
export const handler = (name: string, options = '{}'): string => `
import { createHandler, createRouter, dynamoDBLedger, entity, sqsDeadLetters, startsWith } from 'spillway';
const Order = entity('Order', { where: { pk: startsWith('ORDER#') } });
const router = createRouter({ table: 'Shop' }).onInsert('${name}', Order, ({ newImage }) => {
  if (newImage.pk === 'ORDER#bad') throw new Error('this one never');
  console.log('${name} ' + newImage.pk);
});
export const handler = createHandler(router, ${options});
export const unused = [dynamoDBLedger, sqsDeadLetters];
`;

export const oneConsumer: Files = {
  'handlers/orders.ts': handler('greet'),
  'serverless.yml': yml(`  orders:
    handler: handlers/orders.handler
    events:
      - spillway: { table: Shop }`),
};
