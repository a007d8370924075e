import { vi } from 'vitest';

vi.hoisted(() => {
  process.env['LAMBDA_TASK_ROOT'] = '/var/task';
  process.env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs24.x';
  process.env['_X_AMZN_TRACE_ID'] =
    'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';
});

import { Tracer } from '@aws-lambda-powertools/tracer';
import { describe, expect, it } from 'vitest';
import { anyItem, createRouter, PermanentError } from '../../src/index.ts';
import type { PowertoolsTracer } from '../../src/powertools/index.ts';
import { tracerMiddleware } from '../../src/powertools/index.ts';
import { insertRecord, lambdaContext, streamEvent } from '../../src/testing/index.ts';
import { breath, stage } from './stage.ts';
import { rootId, sentWhile } from './x-ray.ts';

const tracer = () => new Tracer({ serviceName: 'shop', captureHTTPsRequests: false });
const item = (number: number) => insertRecord({ pk: `hunter2#${number}`, sk: 'x' });

describe('tracerMiddleware', () => {
  it('makes a subsegment for each route, and says whose it was and what came of it', async () => {
    const router = createRouter()
      .use(tracerMiddleware(tracer()))
      .onInsert('reserve', anyItem(), () => undefined)
      .onInsert('bill!', anyItem(), () => {
        throw new PermanentError('hunter2 is declined');
      });
    const sent = await sentWhile(() => stage(router).deliver(item(1)));
    expect(sent).toMatchObject([
      {
        name: '### reserve',
        trace_id: '1-5759e988-bd862e3fe1be46a994272793',
        annotations: {
          consumer: 'orders',
          route: 'reserve',
          table: 'Shop',
          eventName: 'INSERT',
          attempt: 1,
          isReplay: false,
          outcome: 'handled',
        },
      },
      {
        name: '### bill_',
        fault: true,
        annotations: { route: 'bill!', outcome: 'failed', errorName: 'PermanentError' },
      },
    ]);
    expect(JSON.stringify(sent)).not.toContain('hunter2');
    expect(sent.filter(({ in_progress }) => in_progress)).toEqual([]);
  });

  it('makes one for each attempt', async () => {
    let turns = 0;
    const router = createRouter()
      .use(tracerMiddleware(tracer()))
      .onInsert('flaky', anyItem(), () => {
        if ((turns += 1) < 3) throw new Error('not yet');
      });
    const sent = await sentWhile(() => stage(router).deliver(item(1)));
    expect(sent.map(({ annotations }) => [annotations['attempt'], annotations['outcome']])).toEqual([
      [1, 'failed'],
      [2, 'failed'],
      [3, 'handled'],
    ]);
  });

  it('takes the words of the error along where an option asks for it', async () => {
    const router = createRouter()
      .use(tracerMiddleware(tracer(), { errorMessages: true }))
      .onInsert('bill', anyItem(), () => {
        throw new PermanentError('the card was declined');
      });
    const sent = await sentWhile(() => stage(router).deliver(item(1)));
    expect(JSON.stringify(sent[0]?.cause)).toContain('the card was declined');
  });

  it('does not tangle ten items that are worked on at once', async () => {
    const own = tracer();
    const router = createRouter()
      .use(tracerMiddleware(own))
      .onInsert('work', anyItem(), async ({ sequenceNumber }) => {
        for (let step = 0; step < 3; step += 1) {
          await breath();
          const before = own.getSegment();
          await own.provider.captureAsyncFunc(`step of ${sequenceNumber}`, async (inner) => {
            await breath();
            inner?.close();
          });
          expect(own.getSegment()).toBe(before);
        }
        own.putAnnotation('item', sequenceNumber);
      });
    const records = Array.from({ length: 100 }, (_, number) => item(number));
    const sent = await sentWhile(() => stage(router, [], { concurrency: 10 }).deliver(...records));
    const routes = sent.filter(({ name }) => name === '### work');
    const steps = sent.filter(({ name }) => name.startsWith('step of'));
    expect([routes.length, steps.length]).toEqual([100, 300]);
    expect(new Set(routes.map(({ parent_id }) => parent_id))).toEqual(new Set([rootId]));
    const itemOf = new Map(routes.map(({ id, annotations }) => [id, annotations['item']]));
    for (const { name, parent_id } of steps) expect(name).toBe(`step of ${String(itemOf.get(parent_id))}`);
    expect(new Set(itemOf.values()).size).toBe(100);
  });

  it('sends the subsegment of a handler that has not ended when it was told to stop, with what is open in it', async () => {
    const own = tracer();
    const router = createRouter()
      .use(tracerMiddleware(own))
      .onInsert('hangs', anyItem(), () =>
        own.provider.captureAsyncFunc('a call', () => new Promise(() => undefined)),
      );
    const { handler, runtime } = stage(router);
    const sent = await sentWhile(async () => {
      const response = handler(streamEvent(item(1)), lambdaContext({ remainingMs: 5_000 }));
      await breath();
      runtime.advance(4_600);
      await response;
    });
    expect(sent).toMatchObject([
      {
        name: '### hangs',
        annotations: { outcome: 'stopped' },
        subsegments: [{ name: 'a call', in_progress: true }],
      },
    ]);
  });

  it('leaves the trace of the writer, by which X-Ray finds the one from the other', async () => {
    const router = createRouter()
      .use(tracerMiddleware(tracer(), { traceAttribute: '_trace' }))
      .onInsert('pay', anyItem(), () => undefined);
    const trace = 'Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1';
    const write = (_trace: string) => insertRecord({ pk: 'a', sk: _trace, _trace });
    const sent = await sentWhile(() => stage(router).deliver(write(trace), write('hunter2')));
    expect(sent.map(({ annotations }) => annotations['writerTraceId'])).toEqual([
      '1-67891233-abcdef012345678912345678',
      undefined,
    ]);
    expect(JSON.stringify(sent)).not.toContain('hunter2');
  });

  it('only passes on where tracing is off, or there is no segment to be in', async () => {
    let handled = 0;
    const off = new Tracer({ enabled: false });
    const router = (own: PowertoolsTracer) =>
      createRouter()
        .use(tracerMiddleware(own))
        .onInsert('pay', anyItem(), () => void (handled += 1));
    expect(await sentWhile(() => stage(router(off)).deliver(item(1)))).toEqual([]);
    const { deliver, told } = stage(router(tracer()));
    await deliver(item(1));
    expect([handled, told[0]?.outcome]).toEqual([2, 'handled']);
  });

  it('does not let a tracer that throws decide about a record', async () => {
    const refuse = (): never => {
      throw new Error('no context');
    };
    const broken = {
      counter: 0,
      addAnnotation: refuse,
      addError: refuse,
      addFaultFlag: refuse,
      close: refuse,
      flush: refuse,
    };
    let starts = 0;
    const router = (own: PowertoolsTracer) =>
      createRouter()
        .use(tracerMiddleware(own))
        .onInsert('pay', anyItem(), () => void (starts += 1));
    const early = { isTracingEnabled: () => true, provider: { captureAsyncFunc: refuse } };
    const late: PowertoolsTracer = {
      isTracingEnabled: () => true,
      provider: { captureAsyncFunc: (_, run) => run(broken) },
    };
    for (const own of [early, late]) {
      const { deliver, told } = stage(router(own));
      await deliver(item(1));
      expect(told[0]?.outcome).toBe('handled');
    }
    expect(starts).toBe(2);
  });
});
