import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHandlerIn } from '../../src/create-handler.ts';
import { PermanentError } from '../../src/errors.ts';
import type { HandlerOptions } from '../../src/handler-options.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import type { MemoryLedger } from '../../src/testing/index.ts';
import {
  insertRecord,
  lambdaContext,
  memoryDeadLetters,
  memoryLedger,
  streamEvent,
} from '../../src/testing/index.ts';
import { instantRuntime } from '../instant-runtime.ts';

function shop(ledger: MemoryLedger, options: HandlerOptions = {}) {
  const runs: string[] = [];
  const deadLetters = memoryDeadLetters();
  const router = createRouter()
    .onInsert('first', anyItem<{ pk: string; poison?: boolean }>(), ({ newImage }) => {
      runs.push(`first ${newImage.pk}`);
      if (newImage.poison === true) throw new PermanentError('never');
    })
    .onInsert('second', anyItem<{ pk: string }>(), ({ newImage }) => void runs.push(`second ${newImage.pk}`));
  const handler = createHandlerIn(instantRuntime(), router, {
    consumer: 'shop',
    log: 'off',
    ledger,
    deadLetters,
    ...options,
  });
  return { handler, runs, deadLetters };
}

const twoRecords = () =>
  streamEvent(insertRecord({ pk: 'A', sk: 'x' }), insertRecord({ pk: 'B', sk: 'x', poison: true }));

describe('Promise 4: once', () => {
  it('Promise 4: a redelivered batch runs no route again and writes no letter again', async () => {
    const { handler, runs, deadLetters } = shop(memoryLedger());
    const event = twoRecords();
    await handler(event, lambdaContext());
    const before = runs.toSorted();
    expect(before).toEqual(['first A', 'first B', 'second A', 'second B']);
    expect(await handler(event, lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(runs.toSorted()).toEqual(before);
    expect(deadLetters.letters).toHaveLength(1);
  });

  it('Promise 4: it holds in another function of the same consumer, and another consumer does its own work', async () => {
    const ledger = memoryLedger();
    const event = twoRecords();
    await shop(ledger).handler(event, lambdaContext({ functionName: 'blue' }));
    const sameConsumer = shop(ledger);
    await sameConsumer.handler(event, lambdaContext({ functionName: 'green' }));
    expect(sameConsumer.runs).toEqual([]);
    const other = shop(ledger, { consumer: 'other' });
    await other.handler(event, lambdaContext());
    expect(other.runs).toHaveLength(4);
  });

  it('Promise 4: it holds however the deliveries cut the records, as a bisect does', async () => {
    const cuts = fc.array(fc.tuple(fc.nat(9), fc.integer({ min: 1, max: 10 })), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(cuts, async (deliveries) => {
        const { handler, runs } = shop(memoryLedger());
        const records = Array.from({ length: 10 }, (_, index) => insertRecord({ pk: `I${index}`, sk: 'x' }));
        for (const [from, size] of [...deliveries, [0, 10] as const]) {
          await handler(streamEvent(...records.slice(from, from + size)), lambdaContext());
        }
        expect(runs).toHaveLength(20);
        expect(new Set(runs).size).toBe(20);
      }),
      { numRuns: 50 },
    );
  });

  it('Promise 4: of two deliveries at the same time one runs, and the other is failed and not lost', async () => {
    const ledger = memoryLedger();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    let runs = 0;
    const router = createRouter().onInsert('slow', anyItem(), async () => {
      runs += 1;
      await promise;
    });
    const outcomes: string[] = [];
    const options: HandlerOptions = {
      consumer: 'shop',
      ledger,
      deadLetters: 'off',
      log: 'off',
      observers: [{ onRecord: ({ outcome }) => outcomes.push(outcome) }],
    };
    const event = streamEvent(insertRecord({ pk: 'A', sk: 'x' }));
    const first = createHandlerIn(instantRuntime(), router, options)(event, lambdaContext());
    const second = await createHandlerIn(instantRuntime(), router, options)(event, lambdaContext());
    expect(second.batchItemFailures).toHaveLength(1);
    resolve(undefined);
    expect(await first).toEqual({ batchItemFailures: [] });
    expect(runs).toBe(1);
    expect(outcomes).toEqual(['failed', 'handled']);
  });

  it('Promise 4: event ids that repeat from table to table are different work', async () => {
    const { handler, runs } = shop(memoryLedger());
    const inTable = (table: string) =>
      insertRecord({ pk: table, sk: 'x' }, { table, eventId: '1', sequenceNumber: '1' });
    await handler(streamEvent(inTable('Orders'), inTable('Carts')), lambdaContext());
    expect(runs.toSorted()).toEqual(['first Carts', 'first Orders', 'second Carts', 'second Orders']);
  });

  it('Promise 4: a route that failed runs again, and the one beside it that was settled does not', async () => {
    const runs: string[] = [];
    let broken = true;
    const router = createRouter()
      .onInsert('steady', anyItem(), () => void runs.push('steady'))
      .onInsert('shaky', anyItem(), () => {
        runs.push('shaky');
        if (broken) throw Object.assign(new Error('down'), { code: 'ECONNREFUSED' });
      })
      .onInsert('after', anyItem(), () => void runs.push('after'));
    const handler = createHandlerIn(instantRuntime(), router, {
      ledger: memoryLedger(),
      deadLetters: 'off',
      log: 'off',
    });
    const event = streamEvent(insertRecord({ pk: 'A', sk: 'x' }));
    const short = lambdaContext({ remainingMs: 1_010 });
    expect((await handler(event, short)).batchItemFailures).toHaveLength(1);
    expect(runs).toEqual(['steady', 'shaky', 'after']);
    broken = false;
    expect((await handler(event, short)).batchItemFailures).toEqual([]);
    expect(runs).toEqual(['steady', 'shaky', 'after', 'shaky']);
  });

  it('Promise 4: a late run may say that it is done, and may not release what another may hold', async () => {
    const ledger = memoryLedger();
    const { promise, reject } = Promise.withResolvers<never>();
    const runtime = instantRuntime();
    const router = createRouter().onInsert('late', anyItem(), () => promise);
    const handler = createHandlerIn(runtime, router, { ledger, deadLetters: 'off', log: 'off' });
    const response = handler(streamEvent(insertRecord({ pk: 'A', sk: 'x' })), lambdaContext());
    await new Promise((turn) => setImmediate(turn));
    runtime.advance(29_600);
    expect((await response).batchItemFailures).toHaveLength(1);
    reject(new Error('too late'));
    await new Promise((turn) => setTimeout(turn, 20));
    expect([...ledger.entries.values()]).toEqual(['INPROGRESS']);
  });
});
