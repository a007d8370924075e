import { CachePersistenceLayer } from '@aws-lambda-powertools/idempotency/cache';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { dynamoDBLedger } from '../../src/idempotency/dynamodb-ledger.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { memoryLedger } from '../../src/testing/index.ts';
import { memoryCache } from './cache-client.ts';
import { describeLedger } from './describe-ledger.ts';
import { dynamoDBClient, makeTable } from './tables.ts';

let stack: LocalStack;
let client: DynamoDBClient;
beforeAll(async () => {
  stack = await startLocalStack();
  client = dynamoDBClient(stack);
  await Promise.all([
    makeTable(client, 'Ledger', ['id']),
    makeTable(client, 'Powertools', ['id']),
    makeTable(client, 'Shared', ['pk', 'sk']),
  ]);
});
afterAll(async () => {
  client.destroy();
  await stack.stop();
});

const memory = memoryLedger();
describeLedger({ name: 'memoryLedger', create: () => memory });

describeLedger({ name: 'dynamoDBLedger', create: () => dynamoDBLedger({ tableName: 'Ledger', client }) });

describeLedger({
  name: "Powertools' DynamoDBPersistenceLayer, as it is",
  create: () => new DynamoDBPersistenceLayer({ tableName: 'Powertools', awsSdkV3Client: client }),
});

describeLedger({
  name: "Powertools' DynamoDBPersistenceLayer, with a sort key and names of its own",
  create: () =>
    new DynamoDBPersistenceLayer({
      tableName: 'Shared',
      awsSdkV3Client: client,
      keyAttr: 'pk',
      sortKeyAttr: 'sk',
      staticPkValue: 'LEDGER',
      statusAttr: 'state',
      expiryAttr: 'ttl',
      inProgressExpiryAttr: 'lease',
      dataAttr: 'result',
    }),
});

const cache = memoryCache();
describeLedger({
  name: "Powertools' CachePersistenceLayer, as it is",
  create: () => new CachePersistenceLayer({ client: cache }),
});
