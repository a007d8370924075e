import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHandler } from '../../../src/create-handler.ts';
import { PermanentError } from '../../../src/errors.ts';
import { dynamoDBLedger } from '../../../src/idempotency/dynamodb-ledger.ts';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import { anyItem } from '../../../src/routing/entity.ts';
import { createRouter } from '../../../src/routing/router.ts';
import { ledgerActions } from '../../../src/serverless/resources/rights.ts';
import { isObject } from '../../../src/stream/record.ts';
import { insertRecord, lambdaContext, memoryDeadLetters, streamEvent } from '../../../src/testing/index.ts';
import { dynamoDBClient, makeTable } from '../../idempotency/tables.ts';
import { outcomesOf, replayLetters } from '../../replay/handler/replay-requests.ts';

let stack: LocalStack;
let client: DynamoDBClient;
beforeAll(async () => {
  stack = await startLocalStack();
  client = dynamoDBClient(stack);
});
afterAll(async () => {
  client.destroy();
  await stack.stop();
});

/** The IAM actions for what a request does to the ledger's table. */
function actionsFor(
  command: string,
  input: Readonly<Record<string, unknown>>,
  table: string,
): readonly string[] {
  const { Statements: statements, TransactItems: items } = input;
  if (Array.isArray(statements))
    return statements.map((one: unknown) => {
      const [, verb = ''] = /^(\w+)/.exec(isObject(one) ? String(one['Statement']) : '') ?? [];
      return `dynamodb:PartiQL${verb.charAt(0)}${verb.slice(1).toLowerCase()}`;
    });
  if (Array.isArray(items))
    return items.filter(isObject).flatMap((item) =>
      Object.entries(item)
        .filter(([, action]) => isObject(action) && action['TableName'] === table)
        .map(([name]) => `dynamodb:${name}Item`),
    );
  return [`dynamodb:${command.replace(/Command$/, '')}`];
}

function watchActions(table: string) {
  const seen = new Set<string>();
  const name = 'watchActions';
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (request) => {
        // As a command takes it.
        const input = request.input as Readonly<Record<string, unknown>>;
        for (const action of actionsFor(commandName, input, table)) seen.add(action);
        return next(request);
      },
    { step: 'initialize', name },
  );
  return () => {
    client.middlewareStack.remove(name);
    return [...seen].toSorted();
  };
}

it.each(['claim', 'record', 'checkpoint'] as const)(
  'a function whose ledger is a "%s" is granted what it does to the table, and no more',
  async (guarantee) => {
    const table = await makeTable(client, `Ledger-${guarantee}`, ['id']);
    const target = await makeTable(client, `Target-${guarantee}`, ['id']);
    let isMended = false;
    const deadLetters = memoryDeadLetters();
    const router = createRouter()
      .onInsert('commits', anyItem(), ({ newImage }, { commit }) =>
        commit([{ Put: { TableName: target, Item: { id: newImage['id'] } } }]),
      )
      .onInsert('fails', anyItem(), ({ newImage }) => {
        if (newImage['id'] === 'bad' && !isMended) throw new PermanentError('not yet');
      });
    const handler = createHandler(router, {
      ledger: dynamoDBLedger({ client, tableName: table, guarantee }),
      deadLetters,
      afterDeadLetter: 'park-item',
      consumer: 'orders',
      log: 'off',
    });

    const seen = watchActions(table);
    const records = ['good', 'bad', 'bad'].map((id) => insertRecord({ id }, { keys: ['id'] }));
    const response = await handler(streamEvent(...records), lambdaContext());
    expect(response.batchItemFailures).toEqual([]);
    expect(deadLetters.letters.length).toBeGreaterThan(1);
    isMended = true;
    const results = await replayLetters(handler, deadLetters.letters, { ifStale: 'run' });
    expect(outcomesOf(results)).not.toContain('failed');
    expect(seen()).toEqual(ledgerActions);
  },
);
