import { context, metrics as metricsApi, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anyItem, createRouter, InvalidOptionError, PermanentError } from '../../src/index.ts';
import type { RecordEvent } from '../../src/index.ts';
import { openTelemetry } from '../../src/powertools/index.ts';
import {
  insertRecord,
  lambdaContext,
  modifyRecord,
  removeRecord,
  streamEvent,
} from '../../src/testing/index.ts';
import { anyBatch, behave } from '../promises/arbitrary-batch.ts';
import { breath, stage } from './stage.ts';

const contexts = new AsyncLocalStorageContextManager();
beforeAll(() => void context.setGlobalContextManager(contexts.enable()));
afterAll(() => context.disable());

function spans() {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  return { tracer: provider.getTracer('shop'), ended: () => exporter.getFinishedSpans() };
}

function instruments() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 3_600_000,
    exportTimeoutMillis: 60_000,
  });
  const provider = new MeterProvider({ readers: [reader] });
  const collect = async () => {
    await provider.forceFlush();
    return exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics));
  };
  return { meter: provider.getMeter('shop'), collect, close: () => provider.shutdown() };
}

const item = { pk: 'hunter2', sk: 'x' };
const writer = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the spans of openTelemetry', () => {
  it('are one for each route, in the words of the semantic conventions', async () => {
    const { tracer, ended } = spans();
    const router = createRouter()
      .use(openTelemetry({ tracer }).middleware)
      .onChange('audit', anyItem(), () => undefined);
    await stage(router).deliver(
      insertRecord(item),
      modifyRecord({ oldImage: item, newImage: { ...item, a: 1 } }),
      removeRecord(item),
    );
    const [first, ...others] = ended();
    expect(first).toMatchObject({ name: 'process audit', kind: SpanKind.CONSUMER, links: [] });
    expect(first?.attributes).toMatchObject({
      'messaging.system': 'aws_dynamodb_streams',
      'messaging.operation.type': 'process',
      'messaging.destination.name': 'Shop',
      'messaging.consumer.group.name': 'orders',
      'faas.trigger': 'datasource',
      'faas.document.collection': 'Shop',
      'faas.document.operation': 'insert',
      'spillway.consumer': 'orders',
      'spillway.route': 'audit',
      'spillway.event_name': 'INSERT',
      'spillway.attempt': 1,
      'spillway.is_replay': false,
      'spillway.outcome': 'handled',
    });
    expect(others.map(({ attributes }) => attributes['faas.document.operation'])).toEqual(['edit', 'delete']);
    expect(JSON.stringify(ended().map(({ attributes }) => attributes))).not.toContain('hunter2');
  });

  it('name the error and hold none of its words, unless an option asks for them', async () => {
    const { tracer, ended } = spans();
    for (const errorMessages of [false, true]) {
      const router = createRouter()
        .use(openTelemetry({ tracer, errorMessages }).middleware)
        .onInsert('bill', anyItem(), () => {
          throw new PermanentError('hunter2 is declined');
        });
      await stage(router).deliver(insertRecord(item));
    }
    const [silent, wordy] = ended().map(({ status, events, attributes }) => ({ status, events, attributes }));
    expect(silent).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      events: [{ name: 'exception', attributes: { 'exception.type': 'PermanentError' } }],
      attributes: { 'error.type': 'PermanentError', 'spillway.outcome': 'failed' },
    });
    expect(JSON.stringify(silent)).not.toContain('hunter2');
    expect(wordy?.status.message).toBe('hunter2 is declined');
    expect(wordy?.events[0]?.attributes?.['exception.stacktrace']).toContain('hunter2');
  });

  it('are linked to the span of the writer, and to nothing where what it left is no trace', async () => {
    const { tracer, ended } = spans();
    const router = createRouter()
      .use(openTelemetry({ tracer, traceAttribute: '_trace' }).middleware)
      .onInsert('pay', anyItem(), () => undefined);
    await stage(router).deliver(
      insertRecord({ ...item, _trace: writer }),
      insertRecord({ ...item, sk: 'y', _trace: 'hunter2' }),
    );
    expect(ended().map(({ links }) => links)).toMatchObject([
      [
        {
          context: {
            traceId: '0af7651916cd43dd8448eb211c80319c',
            spanId: 'b7ad6b7169203331',
            traceFlags: 1,
            isRemote: true,
          },
        },
      ],
      [],
    ]);
  });

  it('are the active ones of their own handlers, with ten items at once', async () => {
    const { tracer, ended } = spans();
    const router = createRouter()
      .use(openTelemetry({ tracer }).middleware)
      .onInsert('work', anyItem(), async () => {
        const own = trace.getActiveSpan();
        for (let step = 0; step < 3; step += 1) {
          await breath();
          tracer.startActiveSpan('step', (inner) => inner.end());
          expect(trace.getActiveSpan()).toBe(own);
        }
      });
    const records = Array.from({ length: 100 }, (_, number) => insertRecord({ pk: `${number}`, sk: 'x' }));
    await tracer.startActiveSpan('invocation', async (root) => {
      await stage(router, [], { concurrency: 10 }).deliver(...records);
      root.end();
    });
    const named = (name: string) => ended().filter((span) => span.name === name);
    const [root] = named('invocation');
    const routes = named('process work');
    const children = Map.groupBy(named('step'), ({ parentSpanContext }) => parentSpanContext?.spanId);
    expect(routes.length).toBe(100);
    for (const route of routes) {
      expect(route.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
      expect(children.get(route.spanContext().spanId)).toHaveLength(3);
    }
  });

  it('end when their handlers are told to stop, and do not wait for what never ends', async () => {
    const { tracer, ended } = spans();
    const router = createRouter()
      .use(openTelemetry({ tracer }).middleware)
      .onInsert('hangs', anyItem(), () => new Promise(() => undefined));
    const { handler, runtime } = stage(router);
    const response = handler(streamEvent(insertRecord(item)), lambdaContext({ remainingMs: 5_000 }));
    await breath();
    runtime.advance(4_600);
    await response;
    expect(ended().map(({ attributes }) => attributes['spillway.outcome'])).toEqual(['stopped']);
  });
});

describe('the metrics of openTelemetry', () => {
  it('add up to the outcomes, whatever the batch', async () => {
    await fc.assert(
      fc.asyncProperty(anyBatch, async (plans) => {
        const { meter, collect, close } = instruments();
        const turns = new Map<string, number>();
        const router = createRouter().onChange('every', anyItem(), ({ sequenceNumber }) => {
          const plan = plans.find(({ number }) => number === sequenceNumber);
          const turn = turns.get(sequenceNumber) ?? 0;
          turns.set(sequenceNumber, turn + 1);
          behave(plan?.behaviours[turn] ?? 'succeed', plan?.odd ?? 0);
        });
        const { deliver, told } = stage(router, [openTelemetry({ meter }).observer]);
        await deliver(...plans.map(({ record }) => record));
        const metrics = await collect();
        await close();
        const points = (name: string) =>
          metrics
            .filter(({ descriptor }) => descriptor.name === name)
            .flatMap(({ dataPoints }) => dataPoints as readonly Point[]);
        const results = told.flatMap(({ routes }) => routes);
        expect(byOutcome(points('spillway.records'))).toEqual(countOf(told));
        expect(byOutcome(points('spillway.route.results'))).toEqual(countOf(results));
        expect(total(points('spillway.retries'))).toBe(
          results.reduce((sum, { attempts }) => sum + Math.max(0, attempts - 1), 0),
        );
        expect(histogram(points('spillway.handler.duration'))).toEqual({
          count: results.filter(({ attempts }) => attempts > 0).length,
          ms: results.reduce((sum, { durationMs, attempts }) => sum + (attempts > 0 ? durationMs : 0), 0),
        });
        expect(histogram(points('spillway.stream.lag')).count).toBe(told.length);
      }),
      { numRuns: 40 },
    );
  });

  it('come from a meter of the API too, which without an SDK does nothing', async () => {
    const telemetry = openTelemetry({ tracer: trace.getTracer('shop'), meter: metricsApi.getMeter('shop') });
    const router = createRouter()
      .use(telemetry.middleware)
      .onInsert('pay', anyItem(), () => undefined);
    const { deliver, told } = stage(router, [telemetry.observer]);
    await deliver(insertRecord(item));
    expect(told.map(({ outcome }) => outcome)).toEqual(['handled']);
  });

  it('are refused with spans at once where there is neither a tracer nor a meter', () => {
    expect(() => openTelemetry({})).toThrow(InvalidOptionError);
  });
});

interface Point {
  readonly value: number | { readonly count: number; readonly sum?: number };
  readonly attributes: Readonly<Record<string, unknown>>;
}

const total = (points: readonly Point[]): number =>
  points.reduce((sum, { value }) => sum + (typeof value === 'number' ? value : 0), 0);

const byOutcome = (points: readonly Point[]) =>
  Object.fromEntries(points.map(({ value, attributes }) => [String(attributes['spillway.outcome']), value]));

function countOf(told: readonly Pick<RecordEvent, 'outcome'>[]) {
  const groups = Map.groupBy(told, ({ outcome }) => outcome);
  return Object.fromEntries([...groups].map(([outcome, of]) => [outcome, of.length]));
}

function histogram(points: readonly Point[]) {
  const values = points.map(({ value }) => (typeof value === 'number' ? { count: 0, sum: 0 } : value));
  return {
    count: values.reduce((sum, { count }) => sum + count, 0),
    ms: Math.round(values.reduce((sum, value) => sum + (value.sum ?? 0), 0) * 1_000),
  };
}
