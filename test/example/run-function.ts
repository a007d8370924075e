import type { ServiceOutputTypes } from '@aws-sdk/client-dynamodb';
import { vi } from 'vitest';
import type { AnyRouter, BatchEvent, Letter, RawRecord } from 'spillway';
import { createHandler } from 'spillway';
import { lambdaContext, memoryDeadLetters, memoryLedger, streamEvent } from 'spillway/testing';
import { dynamodb } from '../../handlers/shop.ts';

/** What one of the shop's functions did with some records. */
export interface FunctionRun {
  readonly counts: Partial<BatchEvent['counts']>;
  readonly letters: readonly Letter[];
  /** The requests that it sent to DynamoDB. */
  readonly requests: readonly unknown[];
}

/** DynamoDB's answer to a request: what is returned, or thrown. */
export type Answer = () => unknown;

/** Runs a function of the shop with a DynamoDB that answers what it is told to. */
export async function runFunction(
  router: AnyRouter,
  records: readonly RawRecord[],
  answer: Answer = () => ({}),
): Promise<FunctionRun> {
  const requests: unknown[] = [];
  const deadLetters = memoryDeadLetters();
  let counts: FunctionRun['counts'] = {};
  // The first middleware of the SDK answers in place of all the others, so nothing is sent.
  dynamodb.middlewareStack.add(
    () =>
      ({ input }) => {
        requests.push(input);
        return Promise.resolve({ output: answer() as ServiceOutputTypes, response: undefined });
      },
    { name: 'answers', step: 'initialize', priority: 'high' },
  );
  vi.stubEnv('SHOP_TABLE', 'Shop');
  const handler = createHandler(router, {
    ledger: memoryLedger(),
    deadLetters,
    log: 'off',
    retry: { baseDelayMs: 1 },
    observers: [{ onBatch: (batch) => (counts = batch.counts) }],
  });
  try {
    await handler(streamEvent(...records), lambdaContext());
  } finally {
    dynamodb.middlewareStack.remove('answers');
    vi.unstubAllEnvs();
  }
  return { counts, letters: deadLetters.letters, requests };
}
