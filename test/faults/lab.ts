import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { LocalStack } from '../../src/local/index.ts';
import type { RouteContext } from '../../src/routing/route.ts';
import { itemsOf, makeTable } from '../idempotency/tables.ts';
import type { FaultProxy } from './fault-proxy.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { proxiedClient } from './proxied-client.ts';
import type { TestChange } from './work-off.ts';

/** Tables of a test's own, and a client that reaches them through a proxy of its own. */
export interface Lab {
  readonly proxy: FaultProxy;
  readonly client: DynamoDBClient;
  readonly ledgerTable: string;
  /** An effect that is committed together with its completion: appends the change to those of its item. */
  readonly commitEffect: (change: TestChange, context: RouteContext) => Promise<void>;
  /** The effects that were committed, item by item, in their order. */
  readonly committed: () => Promise<Readonly<Record<string, readonly number[]>>>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

export interface LabOptions {
  readonly stack: LocalStack;
  /** Past the proxy. */
  readonly direct: DynamoDBClient;
  /** Of the tables: no two labs may have the same. */
  readonly name: string;
}

export async function openLab({ stack, direct, name }: LabOptions): Promise<Lab> {
  const ledgerTable = await makeTable(direct, `Ledger${name}`, ['id']);
  const effectsTable = await makeTable(direct, `Effects${name}`, ['item']);
  const proxy = await startFaultProxy({ target: stack.endpoints.dynamodb });
  const client = proxiedClient(stack, proxy);
  return {
    proxy,
    client,
    ledgerTable,
    commitEffect: ({ pk, n }, context) =>
      context.commit([
        {
          Update: {
            TableName: effectsTable,
            Key: { item: pk },
            UpdateExpression: 'SET changes = list_append(if_not_exists(changes, :none), :change)',
            ExpressionAttributeValues: { ':none': [], ':change': [n] },
          },
        },
      ]),
    async committed() {
      const items = await itemsOf(direct, effectsTable);
      return Object.fromEntries(
        items.map((item) => {
          const { item: name, changes } = unmarshall(item);
          return [String(name), changes as readonly number[]];
        }),
      );
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await proxy.stop();
    },
  };
}
