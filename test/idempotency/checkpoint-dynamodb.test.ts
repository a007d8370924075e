import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createCheckpointLedger } from '../../src/idempotency/checkpoint-ledger.ts';
import { dynamoDBStore } from '../../src/idempotency/dynamodb-store.ts';
import type { LedgerSession } from '../../src/idempotency/session.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { dynamoDBClient, itemsOf, makeTable } from './tables.ts';

const eventSourceArn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000';
const routes = Array.from({ length: 20 }, (_, index) => `route-${index}`);
const numbers = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    String(400_000_000_000_000_000_000_000n + BigInt(index) * 7_919n),
  );

let stack: LocalStack;
let client: DynamoDBClient;
let requests: string[] = [];
beforeAll(async () => {
  stack = await startLocalStack();
  client = dynamoDBClient(stack);
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        requests.push(commandName);
        return next(args);
      },
    { step: 'initialize' },
  );
  await makeTable(client, 'Checkpoints', ['id']);
});
afterAll(async () => {
  client.destroy();
  await stack.stop();
});
beforeEach(() => {
  requests = [];
});

const open = (sequenceNumbers: readonly string[], consumer: string): LedgerSession =>
  createCheckpointLedger(dynamoDBStore(client, 'Checkpoints', systemRuntime), {
    expiresAfterSeconds: 172_800,
    flushMs: 60_000,
  }).open({
    consumer,
    eventSourceArn,
    sequenceNumbers,
    runtime: systemRuntime,
    untilTimeoutMs: () => 60_000,
    signal: new AbortController().signal,
  });
const run = async (session: LedgerSession, consumer: string, sequenceNumber: string, route: string) => {
  const taken = await session.take({
    consumer,
    route,
    eventSourceArn,
    eventId: sequenceNumber,
    sequenceNumber,
  });
  if (taken.kind === 'mine') await taken.hold.complete('handled');
  return taken.kind;
};

describe("guarantee: 'checkpoint' in a DynamoDB table", () => {
  it('asks for one thing in a batch that ends well and soon', async () => {
    const batch = numbers(100);
    const session = open(batch, 'soon');
    for (const number of batch) expect(await run(session, 'soon', number, 'audit')).toBe('mine');
    await session.close(undefined);
    session.abandon();
    expect(requests).toEqual(['BatchGetItemCommand']);
    expect(await itemsOf(client, 'Checkpoints')).toEqual([]);
  });

  it('Promise 4: remembers the largest batch there is, in one write, for the rest of it', async () => {
    const batch = numbers(10_000);
    const session = open(batch, 'large');
    for (const number of batch.slice(1))
      for (const route of routes) await run(session, 'large', number, route);
    await session.close(batch[0]);
    session.abandon();
    expect(requests).toEqual(['BatchGetItemCommand', 'BatchWriteItemCommand']);
    const again = open(batch.slice(5_000), 'large');
    for (const number of batch.slice(5_000))
      for (const route of routes) expect(await run(again, 'large', number, route)).toBe('settled');
    again.abandon();
  });
});
