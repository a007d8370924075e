import { Metrics } from '@aws-lambda-powertools/metrics';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyItem, createRouter, PermanentError } from '../../src/index.ts';
import type { RecordEvent, RouteResult } from '../../src/index.ts';
import type { CountName } from '../../src/powertools/measure-records.ts';
import { metricsObserver } from '../../src/powertools/index.ts';
import type { OutcomeName } from '../../src/processing/outcome.ts';
import { insertRecord, lambdaContext, modifyRecord } from '../../src/testing/index.ts';
import { anyBatch, behave } from '../promises/arbitrary-batch.ts';
import { dataOf, sumOf, valuesOf } from './emf.ts';
import { linesOf, stage } from './stage.ts';

const metrics = () => new Metrics({ namespace: 'Shop', serviceName: 'shop' });
const item = (number: number) => ({ pk: `ITEM#${number}`, sk: 'x' });

const counted: Readonly<Record<Exclude<CountName, 'Retries'>, OutcomeName>> = {
  RecordsHandled: 'handled',
  Duplicates: 'duplicate',
  DeadLettered: 'dead-lettered',
  Failed: 'failed',
  Blocked: 'blocked',
  Deferred: 'deferred',
};
const count = (told: readonly { readonly outcome: OutcomeName }[], outcome: OutcomeName): number =>
  told.filter((one) => one.outcome === outcome).length;
const retries = (results: readonly RouteResult[]): number =>
  results.reduce((sum, { attempts }) => sum + Math.max(0, attempts - 1), 0);

function expectSums(lines: readonly string[], told: readonly RecordEvent[], routes: readonly string[]): void {
  const data = dataOf(lines);
  const results = told.flatMap((event) => event.routes);
  for (const [name, outcome] of Object.entries(counted)) {
    expect(sumOf(data, name), name).toBe(count(told, outcome));
    for (const route of routes)
      expect(sumOf(data, name, route), `${name} of ${route}`).toBe(
        count(
          results.filter((result) => result.route === route),
          outcome,
        ),
      );
  }
  const ran = results.filter(({ attempts }) => attempts > 0);
  const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);
  expect(sumOf(data, 'Retries')).toBe(retries(results));
  expect(sorted(valuesOf(data, 'HandlerDuration'))).toEqual(sorted(ran.map(({ durationMs }) => durationMs)));
  expect(sorted(valuesOf(data, 'StreamLag'))).toEqual(
    sorted(told.flatMap(({ lagMs }) => (lagMs === undefined ? [] : Math.max(0, lagMs)))),
  );
}

describe('metricsObserver', () => {
  it('adds up to the outcomes, whatever the batch, and however often it is delivered', async () => {
    await fc.assert(
      fc.asyncProperty(anyBatch, async (plans) => {
        const turns = new Map<string, number>();
        const routes = ['every', 'modified'];
        const misbehave = (
          { sequenceNumber }: { readonly sequenceNumber: string },
          { route }: { route: string },
        ) => {
          const plan = plans.find(({ number }) => number === sequenceNumber);
          const key = `${route} ${sequenceNumber}`;
          const turn = turns.get(key) ?? 0;
          turns.set(key, turn + 1);
          behave(plan?.behaviours[turn] ?? 'succeed', plan?.odd ?? 0);
        };
        const router = createRouter()
          .onChange('every', anyItem(), misbehave)
          .onModify('modified', anyItem(), misbehave);
        const { deliver, told } = stage(router, [metricsObserver(metrics())], {
          retry: { attempts: 2 },
          classify: () => undefined,
        });
        const lines = await linesOf(async () => {
          await deliver(...plans.map(({ record }) => record));
          await deliver(...plans.map(({ record }) => record));
        });
        expectSums(lines, told, routes);
      }),
      { numRuns: 60 },
    );
  });

  it('loses no value of a batch of 10,000 records, and writes some 200 lines', async () => {
    const router = createRouter().onInsert('fine', anyItem(), () => undefined);
    const { deliver, told } = stage(router, [metricsObserver(metrics())], {
      ledger: 'off',
      concurrency: 1_000,
    });
    const records = Array.from({ length: 10_000 }, (_, number) => insertRecord(item(number)));
    const lines = await linesOf(() => deliver(...records));
    expectSums(lines, told, ['fine']);
    expect(lines.length).toBe(2 * Math.ceil(10_000 / 99));
  });

  it('writes one line for the consumer and one for each route, in the dimensions that alarms rest on', async () => {
    const router = createRouter()
      .onInsert('reserve', anyItem(), () => undefined)
      .onInsert('größe', anyItem(), () => {
        throw new PermanentError('no');
      });
    const { deliver } = stage(router, [metricsObserver(metrics())]);
    const lines = await linesOf(() => deliver(insertRecord(item(1))));
    const data = dataOf(lines);
    expect(lines.map((line) => (JSON.parse(line) as { route?: string }).route)).toEqual([
      undefined,
      'reserve',
      'gr__e',
    ]);
    expect(data.find(({ name }) => name === 'DeadLettered')).toEqual({
      name: 'DeadLettered',
      unit: 'Count',
      dimensions: { service: 'shop', consumer: 'orders' },
      values: [1],
    });
    expect(
      data.filter(({ dimensions }) => dimensions['route'] === 'reserve').map(({ name }) => name),
    ).toEqual(['RecordsHandled', 'HandlerDuration', 'StreamLag']);
    expect(
      data.filter(({ name, dimensions }) => name === 'Failed' && dimensions['route'] === undefined),
    ).toMatchObject([{ values: [0] }]);
  });

  it('keeps the metrics of the handlers apart from its own, also in an instance that they share', async () => {
    const shared = metrics();
    const router = createRouter().onInsert('pay', anyItem(), () => {
      shared.addDimension('tenant', 'a').addMetric('Payments', 'Count', 1);
    });
    const { deliver } = stage(router, [metricsObserver(shared)]);
    const lines = await linesOf(async () => {
      await deliver(insertRecord(item(1)));
      shared.addDimension('tenant', 'b').addMetadata('orderId', 'x');
      await deliver(modifyRecord({ oldImage: item(1), newImage: item(1) }));
    });
    expect(
      dataOf(lines).map(({ name, dimensions }) => `${name} ${Object.keys(dimensions).join(',')}`),
    ).toEqual(
      expect.arrayContaining(['Payments service,tenant', 'RecordsHandled service,consumer']) as string[],
    );
    expect(lines.slice(1).join('')).not.toMatch(/tenant|orderId|Payments/);
  });

  it('does not take the age of a replayed record for a lag of the stream', async () => {
    const router = createRouter().onInsert('pay', anyItem(), () => undefined);
    const { handler, told } = stage(router, [metricsObserver(metrics())]);
    const letter = { kind: 'letter', letterId: 'a', consumer: 'orders', route: 'pay', ifStale: 'fail' };
    const event = { Records: [insertRecord(item(1))], spillwayReplay: { version: 1, works: [letter] } };
    const data = dataOf(await linesOf(() => handler(event, lambdaContext())));
    expect(told).toMatchObject([{ outcome: 'handled', isReplay: true }]);
    expect([sumOf(data, 'RecordsHandled'), valuesOf(data, 'StreamLag')]).toEqual([1, []]);
  });

  it('writes nothing for an invocation without records, nor a warning', async () => {
    const router = createRouter().onInsert('pay', anyItem(), () => undefined);
    const { deliver } = stage(router, [metricsObserver(metrics())]);
    expect(await linesOf(() => deliver())).toEqual([]);
  });
});
