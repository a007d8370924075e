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

const oneRequestEach = {
  fence: 'Powertools writes no owner into its entries',
  commit: 'Powertools has no transaction',
};
const noClaims = 'it makes no claims, for Lambda gives a shard to one invocation at a time';

const inMemory = {
  claim: memoryLedger(),
  record: memoryLedger({ guarantee: 'record' }),
  checkpoint: memoryLedger({ guarantee: 'checkpoint' }),
};
const cannot = {
  claim: {},
  record: { claim: noClaims },
  checkpoint: { claim: noClaims, last: 'it writes only what a redelivery needs' },
};

for (const guarantee of ['claim', 'record', 'checkpoint'] as const) {
  describeLedger({
    name: `memoryLedger({ guarantee: '${guarantee}' })`,
    create: () => inMemory[guarantee],
    cannot: cannot[guarantee],
  });

  describeLedger({
    name: `dynamoDBLedger({ guarantee: '${guarantee}' })`,
    create: () => dynamoDBLedger({ tableName: 'Ledger', client, guarantee }),
    cannot: cannot[guarantee],
  });
}

describeLedger({
  name: "Powertools' DynamoDBPersistenceLayer, as it is",
  create: () => new DynamoDBPersistenceLayer({ tableName: 'Powertools', awsSdkV3Client: client }),
  cannot: oneRequestEach,
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
  cannot: oneRequestEach,
});

const cache = memoryCache();
describeLedger({
  name: "Powertools' CachePersistenceLayer, as it is",
  create: () => new CachePersistenceLayer({ client: cache }),
  cannot: oneRequestEach,
});
