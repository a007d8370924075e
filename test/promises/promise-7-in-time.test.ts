import { describe, expect, it } from 'vitest';
import { createHandler, createHandlerIn } from '../../src/create-handler.ts';
import type { HandlerOptions } from '../../src/handler-options.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import { insertRecord, lambdaContext, memoryLedger, streamEvent } from '../../src/testing/index.ts';
import { instantRuntime } from '../instant-runtime.ts';

const never = () => new Promise<never>(() => undefined);
const records = (...names: readonly string[]) => names.map((pk) => insertRecord({ pk, sk: 'x' }));

function options(outcomes: string[], more: HandlerOptions = {}): HandlerOptions {
  return {
    ledger: memoryLedger(),
    deadLetters: 'off',
    log: 'off',
    observers: [{ onRecord: ({ outcome }) => outcomes.push(outcome) }],
    ...more,
  };
}

describe('Promise 7: in time', () => {
  it('Promise 7: a handler that never returns does not cost the batch its response (on the real clock)', async () => {
    const outcomes: string[] = [];
    const router = createRouter().onInsert('hangs', anyItem<{ pk: string }>(), ({ newImage }) =>
      newImage.pk === 'B' ? never() : undefined,
    );
    const handler = createHandler(router, options(outcomes, { deadlineMarginMs: 400 }));
    const event = streamEvent(...records('A', 'B', 'C', 'B'));
    const startedAt = performance.now();
    const response = await handler(event, lambdaContext({ remainingMs: 1_200 }));
    const tookMs = performance.now() - startedAt;
    expect(response.batchItemFailures).toEqual([
      { itemIdentifier: event.Records[1]?.dynamodb?.SequenceNumber },
    ]);
    expect(outcomes).toEqual(['handled', 'handled', 'deferred', 'deferred']);
    // The handler is told at 800 ms, the response given at 1,000, and Lambda would end it at 1,200.
    expect(tookMs).toBeGreaterThan(790);
    expect(tookMs).toBeLessThan(1_200);
  });

  it('Promise 7: the signal aborts as the deadline nears, and a handler that heeds it is deferred and not failed', async () => {
    const outcomes: string[] = [];
    const runtime = instantRuntime();
    const router = createRouter().onInsert(
      'listens',
      anyItem(),
      (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        ),
    );
    const handler = createHandlerIn(runtime, router, options(outcomes));
    const response = handler(streamEvent(...records('A', 'A')), lambdaContext({ remainingMs: 5_000 }));
    await new Promise((turn) => setImmediate(turn));
    runtime.advance(3_999);
    runtime.advance(2);
    expect((await response).batchItemFailures).toHaveLength(1);
    expect(outcomes).toEqual(['deferred', 'deferred']);
  });

  it('Promise 7: nothing is started that the time left does not allow', async () => {
    const outcomes: string[] = [];
    const started: string[] = [];
    const runtime = instantRuntime();
    const router = createRouter().onInsert('takes-a-second', anyItem<{ pk: string }>(), ({ newImage }) => {
      started.push(newImage.pk);
      runtime.advance(1_000);
    });
    const handler = createHandlerIn(runtime, router, options(outcomes, { concurrency: 1 }));
    const event = streamEvent(...records('A', 'B', 'C', 'D', 'E'));
    const response = await handler(event, lambdaContext({ remainingMs: 3_600 }));
    expect(started).toEqual(['A', 'B', 'C']);
    expect(response.batchItemFailures).toEqual([
      { itemIdentifier: event.Records[3]?.dynamodb?.SequenceNumber },
    ]);
  });

  it('Promise 7: with no time at all everything is deferred and the first record named', async () => {
    const outcomes: string[] = [];
    const router = createRouter().onInsert('any', anyItem(), () => undefined);
    const handler = createHandlerIn(instantRuntime(), router, options(outcomes));
    const event = streamEvent(...records('A', 'B'));
    const response = await handler(event, lambdaContext({ remainingMs: 0 }));
    expect(outcomes).toEqual(['deferred', 'deferred']);
    expect(response.batchItemFailures).toEqual([
      { itemIdentifier: event.Records[0]?.dynamodb?.SequenceNumber },
    ]);
  });

  it('Promise 7: a wait between attempts that the time does not allow is not begun', async () => {
    const outcomes: string[] = [];
    let attempts = 0;
    const router = createRouter().onInsert('slow-retry', anyItem(), () => {
      attempts += 1;
      throw new Error('again');
    });
    const handler = createHandlerIn(
      instantRuntime(),
      router,
      options(outcomes, { retry: { attempts: 10, baseDelayMs: 10_000, maxDelayMs: 60_000 } }),
    );
    const response = await handler(streamEvent(...records('A')), lambdaContext({ remainingMs: 30_000 }));
    // 5 s, 10 s; the third wait of 20 s does not fit into what is left.
    expect(attempts).toBe(3);
    expect(outcomes).toEqual(['failed']);
    expect(response.batchItemFailures).toHaveLength(1);
  });
});
