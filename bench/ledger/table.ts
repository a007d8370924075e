import { CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { countingClient } from './counting-client.ts';

/** A ledger's table of that name, which goes with its disposal. Made by a client that nobody measures. */
export async function createLedgerTable(endpoint: string, TableName: string): Promise<AsyncDisposable> {
  const { client } = countingClient(endpoint);
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      await client.send(new DeleteTableCommand({ TableName }));
      client.destroy();
    },
  };
}
