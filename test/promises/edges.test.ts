import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHandlerIn } from '../../src/create-handler.ts';
import { PermanentError, TransientError } from '../../src/errors.ts';
import type { HandlerOptions } from '../../src/handler-options.ts';
import type { RecordResult } from '../../src/processing/outcome.ts';
import { anyItem, entity } from '../../src/routing/entity.ts';
import type { AnyRouter } from '../../src/routing/router.ts';
import { createRouter } from '../../src/routing/router.ts';
import {
  insertRecord,
  lambdaContext,
  memoryDeadLetters,
  memoryLedger,
  streamEvent,
} from '../../src/testing/index.ts';
import type { TestRuntime } from '../instant-runtime.ts';
import { alteredLedger } from '../altered-ledger.ts';
import { instantRuntime } from '../instant-runtime.ts';

const breath = () => new Promise((turn) => setImmediate(turn));
const record = () => insertRecord({ pk: 'A', sk: 'x', v: 1 });

function stage(router: AnyRouter, options: HandlerOptions = {}, runtime: TestRuntime = instantRuntime()) {
  const results: RecordResult[] = [];
  const lines: string[] = [];
  const deadLetters = memoryDeadLetters();
  const handler = createHandlerIn(runtime, router, {
    consumer: 'test',
    ledger: memoryLedger(),
    deadLetters,
    log: (line) => lines.push(line),
    observers: [{ onRecord: (event) => results.push(event) }],
    ...options,
  });
  const outcomes = () => results.map(({ outcome }) => outcome);
  return { handler, runtime, deadLetters, lines, results, outcomes };
}

describe('Promise 7: no handler is started when the time is over', () => {
  it('Promise 7: also where the ledger took all the time there was, and the claim is free again', async () => {
    let starts = 0;
    const runtime = instantRuntime();
    const ledger = alteredLedger({
      take: async (work, take) => {
        const taken = await take(work);
        runtime.advance(2_200);
        return taken;
      },
    });
    const router = createRouter().onInsert('pay', anyItem(), () => void (starts += 1));
    const { handler, outcomes } = stage(router, { ledger }, runtime);
    await handler(streamEvent(record()), lambdaContext({ remainingMs: 3_000 }));
    expect([starts, outcomes(), ledger.entries.size]).toEqual([0, ['deferred'], 0]);
  });

  it('Promise 7: also where a schema or a middleware took it', async () => {
    let starts = 0;
    const runtime = instantRuntime();
    const slow = async () => {
      await breath();
      runtime.advance(2_200);
    };
    const Slow = entity('Slow', { schema: z.object({}).refine(() => slow().then(() => true)) });
    const count = () => void (starts += 1);
    const schema = stage(createRouter().onInsert('schema', Slow, count), {}, runtime);
    await schema.handler(streamEvent(record()), lambdaContext({ remainingMs: 3_000 }));
    const middleware = createRouter()
      .onInsert('middleware', anyItem(), count)
      .use(async (_, __, next) => {
        await slow();
        await next();
      });
    const wrapped = stage(middleware, {}, runtime);
    await wrapped.handler(streamEvent(record()), lambdaContext({ remainingMs: 3_000 }));
    expect([starts, schema.outcomes(), wrapped.outcomes()]).toEqual([0, ['deferred'], ['deferred']]);
  });

  it('tells by name which route had not ended when the response was due', async () => {
    const router = createRouter().onInsert('hangs', anyItem(), () => new Promise(() => undefined));
    const { handler, runtime, lines } = stage(router);
    const response = handler(streamEvent(record()), lambdaContext({ remainingMs: 5_000 }));
    await breath();
    runtime.advance(4_600);
    await response;
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { message: 'spillway: record deferred', route: 'hangs', attempts: 1, durationMs: 4_600 },
      { counts: { deferred: 1 }, hint: expect.stringContaining('deadlineMarginMs') as string },
    ]);
  });
});

describe('Promise 4: the ledger is not given up early', () => {
  const throttled = () =>
    Promise.reject(Object.assign(new Error('slow down'), { name: 'ThrottlingException' }));

  it('Promise 4: a completion is repeated while there is time', async () => {
    let refusals = 10;
    const ledger = alteredLedger({
      complete: (complete) => ((refusals -= 1) > 0 ? throttled() : complete()),
    });
    const { handler, outcomes } = stage(
      createRouter().onInsert('x', anyItem(), () => undefined),
      { ledger },
    );
    await handler(streamEvent(record()), lambdaContext());
    expect(outcomes()).toEqual(['handled']);
  });

  it('Promise 4: a release that failed is repeated too, so that the next delivery can run', async () => {
    let refusals = 3;
    const ledger = alteredLedger({ release: (release) => ((refusals -= 1) > 0 ? throttled() : release()) });
    const router = createRouter().onInsert('x', anyItem(), () => {
      throw new PermanentError('never');
    });
    const { handler, outcomes } = stage(router, { ledger, deadLetters: 'off' });
    await handler(streamEvent(record()), lambdaContext());
    expect([outcomes(), ledger.entries.size]).toEqual([['failed'], 0]);
  });
});

describe('the table of errors, at its edges', () => {
  it('transient attempts do not use up the unexpected ones', async () => {
    const router = createRouter().onInsert('x', anyItem(), (_, { attempt }) => {
      if (attempt <= 5) throw new TransientError('later');
      if (attempt === 6) throw new Error('once');
    });
    const { handler, outcomes } = stage(router);
    await handler(streamEvent(record()), lambdaContext());
    expect(outcomes()).toEqual(['handled']);
  });

  it('an option given as undefined is one not given', async () => {
    const router = createRouter().onInsert(
      'x',
      anyItem(),
      () => {
        throw new Error('always');
      },
      { retry: { attempts: undefined } as object },
    );
    const { handler, deadLetters } = stage(router, { retry: { baseDelayMs: undefined } as object });
    await handler(streamEvent(record()), lambdaContext());
    expect(deadLetters.letters).toMatchObject([{ reason: 'exhausted', attempts: 3 }]);
  });

  it('a handler that rejects as its timeoutMs aborts it has timed out, and is never a letter', async () => {
    const runtime = instantRuntime();
    const router = createRouter().onInsert(
      'x',
      anyItem(),
      (_, { signal }) => {
        setImmediate(() => runtime.advance(60));
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('cancelled'))),
        );
      },
      { timeoutMs: 50 },
    );
    const { handler, outcomes, deadLetters } = stage(router, {}, runtime);
    await handler(streamEvent(record()), lambdaContext({ remainingMs: 2_000 }));
    expect(deadLetters.letters).toEqual([]);
    expect(['failed', 'deferred']).toContain(outcomes()[0]);
  });

  it('what a handler has written into a change is not there on the next attempt', async () => {
    const seen: unknown[] = [];
    const Thing = entity('Thing', { schema: z.object({ v: z.number() }) });
    const router = createRouter().onInsert('x', Thing, ({ newImage }, { attempt }) => {
      seen.push(newImage.v);
      newImage.v = 99;
      if (attempt === 1) throw new Error('again');
    });
    await stage(router).handler(streamEvent(record()), lambdaContext());
    expect(seen).toEqual([1, 1]);
  });
});

describe('Promise 2: a change that cannot be read is still one of its item', () => {
  it('Promise 2: later changes of the item wait until its letter is accepted', async () => {
    const handled: string[] = [];
    const router = createRouter().onInsert(
      'x',
      anyItem(),
      ({ sequenceNumber }) => void handled.push(sequenceNumber),
    );
    const { handler, outcomes } = stage(router, {
      deadLetters: { send: () => Promise.reject(new Error('the queue is down')) },
    });
    const unreadable = { ...record(), eventName: 'UPSERT' as never };
    const response = await handler(streamEvent(unreadable, record()), lambdaContext());
    expect(outcomes()).toEqual(['failed', 'blocked']);
    expect(handled).toEqual([]);
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: unreadable.dynamodb?.SequenceNumber }]);
  });
});

describe('what the user brings along', () => {
  it('Promise 1: an observer or a log that rejects changes nothing', async () => {
    const fail = (): unknown => Promise.reject(new Error('observer'));
    const router = createRouter().onInsert('x', anyItem(), () => {
      throw new Error('logged');
    });
    const { handler } = stage(router, {
      log: fail as never,
      observers: [{ onRecord: fail, onBatch: fail }],
    });
    expect(await handler(streamEvent(record()), lambdaContext())).toEqual({ batchItemFailures: [] });
    await breath();
  });

  it('Promise 1: a middleware that does not wait for next does not make a failure a success', async () => {
    const router = createRouter()
      .onInsert('x', anyItem(), async () => {
        await breath();
        throw new Error('not done');
      })
      .use((_, __, next) => {
        void next();
      });
    const { handler, outcomes } = stage(router);
    await handler(streamEvent(record()), lambdaContext());
    expect(outcomes()).toEqual(['dead-lettered']);
  });

  it('a middleware may catch what goes wrong inside, and then has decided on it', async () => {
    const router = createRouter()
      .onInsert('x', anyItem(), () => {
        throw new Error('known');
      })
      .use(async (_, __, next) => {
        await next().catch(() => undefined);
      });
    const { handler, outcomes } = stage(router);
    await handler(streamEvent(record()), lambdaContext());
    expect(outcomes()).toEqual(['handled']);
  });

  it('Promise 9: the name of what was thrown is logged only if it is an error', async () => {
    const router = createRouter().onInsert('x', anyItem(), () => {
      throw { name: 'Alice' } as unknown as Error;
    });
    const { handler, lines } = stage(router);
    await handler(streamEvent(record()), lambdaContext());
    expect(lines.join()).not.toContain('Alice');
  });
});
