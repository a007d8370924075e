import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { LocalStack } from '../../../src/local/index.ts';
import { startEventSourceMapping, startLocalStack } from '../../../src/local/index.ts';
import { makeTable } from '../../idempotency/tables.ts';
import { openStack } from '../../end-to-end/table-and-queue.ts';
import { openShop } from '../../local/shop.ts';
import { runDlq } from './dlq-session.ts';
import { handler, mailState } from './handlers/mail.ts';

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());
afterEach(() => {
  vi.unstubAllEnvs();
});

it('Promise 1: `spillway dlq replay` handles exactly what is missing of a batch that a mapping gave up', async () => {
  for (const [name, value] of Object.entries<string>({ ...stack.environment })) vi.stubEnv(name, value);
  vi.stubEnv('SPILLWAY_LEDGER_TABLE', 'Ledger');
  const aws = openStack(stack);
  await makeTable(aws.dynamodb, 'Ledger', ['id']);
  const shop = await openShop(stack, 'Shop');
  const state = mailState();
  const ids = Array.from({ length: 100 }, (_, index) => String(index));
  await shop.put(...ids);
  {
    await using mapping = await startEventSourceMapping({
      FunctionName: 'shop-mail',
      EventSourceArn: shop.streamArn,
      StartingPosition: 'TRIM_HORIZON',
      MaximumRetryAttempts: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: shop.queueArn } },
      ...{ retry: { baseDelayMs: 1, maxDelayMs: 1 }, timeoutMs: 1_000, stack, invoke: handler },
    });
    await mapping.untilCaughtUp();
  }
  expect(state.attempted.size).toBe(100);
  expect(state.handled).toHaveLength(40);

  state.isDown = false;
  const file = `${import.meta.dirname}/handlers/mail.ts`;
  const byHandler = ['replay', '--queue', shop.queueUrl, '--handler', file];
  const untold = await runDlq(byHandler, { stack });
  expect(untold.status()).toBe(1);
  expect(untold.told()).toContain(
    'Lambda gave it up in the function "shop-mail", and nobody has said of which',
  );
  expect(state.handled).toHaveLength(40);

  const run = await runDlq([...byHandler, '--as', 'shop-mail'], { stack });
  expect(run.lines()[1]).toMatch(/^all, of batches\t\d+\t0\t0\t0\t0\t$/);
  expect(run.lines().at(-1)).toMatch(/nothing is left\.$/);
  expect(run.status()).toBeUndefined();
  expect(state.handled).toHaveLength(100);
  expect(new Set(state.handled)).toEqual(new Set(ids));
  expect(await shop.takePointers()).toEqual([]);
  shop.close();
  aws.close();
});
