import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { insertsOf, itemOf, shortInsertsOf, updatesOf } from './requests.ts';
import type { BareClient } from './send-all.ts';
import { cut, sendAll } from './send-all.ts';

export interface CaseGround {
  readonly client: DynamoDBClient;
  readonly bare: BareClient;
  readonly table: string;
}

/** What is done with the keys of 1,000 entries. */
export interface ProfileCase {
  readonly label: string;
  /** Whether the entries are to be there already. */
  readonly needs: 'nothing' | 'entries';
  readonly run: (ground: CaseGround, ids: readonly string[]) => Promise<void>;
}

type Statements = ReturnType<typeof insertsOf>;

export const cases: readonly ProfileCase[] = [
  {
    label: 'PutItem if absent, then UpdateItem if owner; 10 in flight',
    needs: 'nothing',
    run: ({ client, table }, ids) =>
      sendAll(ids, 10, async (id) => {
        await client.send(
          new PutItemCommand({
            TableName: table,
            Item: itemOf(id),
            ConditionExpression: 'attribute_not_exists(id)',
          }),
        );
        await client.send(
          new UpdateItemCommand({
            TableName: table,
            Key: { id: { S: id } },
            UpdateExpression: 'SET #s = :c',
            ConditionExpression: '#s = :p',
            ExpressionAttributeNames: { '#s': 'status' },
            ExpressionAttributeValues: { ':c': { S: 'COMPLETED' }, ':p': { S: 'INPROGRESS' } },
          }),
        );
      }),
  },
  ...[1, 2, 4, 8].map((inFlight) => statements('INSERT', insertsOf, { inFlight })),
  statements('INSERT', insertsOf, { inFlight: 4, perRequest: 10 }),
  statements('INSERT', insertsOf, { inFlight: 4, capacity: true }),
  statements('INSERT of two attributes', shortInsertsOf, { inFlight: 4 }),
  bareStatements('INSERT', insertsOf),
  ...[1, 4, 8].map((inFlight) => statements('UPDATE', updatesOf, { inFlight })),
  bareStatements('UPDATE', updatesOf),
  ...[1, 4, 8].map((inFlight): ProfileCase => ({
    label: `BatchWriteItem, 25 puts each; ${inFlight} in flight`,
    needs: 'nothing',
    run: ({ client, table }, ids) =>
      sendAll(cut(ids, 25), inFlight, (part) =>
        client.send(
          new BatchWriteItemCommand({
            RequestItems: { [table]: part.map((id) => ({ PutRequest: { Item: itemOf(id) } })) },
          }),
        ),
      ),
  })),
  ...(['entries', 'nothing'] as const).flatMap((needs) =>
    [1, 4].map((inFlight): ProfileCase => ({
      label: `BatchGetItem, 100 keys each, ${needs === 'entries' ? 'all there' : 'none there'}; ${inFlight} in flight`,
      needs,
      run: ({ client, table }, ids) =>
        sendAll(cut(ids, 100), inFlight, (part) =>
          client.send(
            new BatchGetItemCommand({
              RequestItems: {
                [table]: { Keys: part.map((id) => ({ id: { S: id } })), ConsistentRead: true },
              },
            }),
          ),
        ),
    })),
  ),
];

interface StatementOptions {
  readonly inFlight: number;
  readonly perRequest?: number;
  readonly capacity?: boolean;
}

function statements(
  what: string,
  statementsOf: (table: string, ids: readonly string[]) => Statements,
  { inFlight, perRequest = 25, capacity = false }: StatementOptions,
): ProfileCase {
  return {
    label:
      `${what} statements, ${perRequest} each; ${inFlight} in flight` +
      (capacity ? ', ReturnConsumedCapacity' : ''),
    needs: what === 'UPDATE' ? 'entries' : 'nothing',
    run: ({ client, table }, ids) =>
      sendAll(cut(ids, perRequest), inFlight, async (part) => {
        const { Responses = [] } = await client.send(
          new BatchExecuteStatementCommand({
            Statements: statementsOf(table, part),
            ...(capacity && { ReturnConsumedCapacity: 'TOTAL' }),
          }),
        );
        checkAll(Responses);
      }),
  };
}

function bareStatements(
  what: string,
  statementsOf: (table: string, ids: readonly string[]) => Statements,
): ProfileCase {
  return {
    label: `${what} statements, 25 each; 4 in flight, without the SDK`,
    needs: what === 'UPDATE' ? 'entries' : 'nothing',
    run: ({ bare, table }, ids) =>
      sendAll(cut(ids, 25), 4, async (part) => {
        const answer = await bare.send('BatchExecuteStatement', { Statements: statementsOf(table, part) });
        checkAll((answer as { readonly Responses: readonly { readonly Error?: unknown }[] }).Responses);
      }),
  };
}

/** @throws Error if a statement was not carried out: then its time says nothing */
function checkAll(responses: readonly { readonly Error?: unknown }[]): void {
  const failed = responses.find((response) => response.Error !== undefined);
  if (failed) throw new Error(`A statement failed: ${JSON.stringify(failed.Error)}`);
}
