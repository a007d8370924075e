import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHandlerIn } from '../../src/create-handler.ts';
import type { DeadLetters } from '../../src/dead-letter/letter.ts';
import type { HandlerOptions } from '../../src/handler-options.ts';
import type { OutcomeName } from '../../src/processing/outcome.ts';
import { isSettled } from '../../src/processing/outcome.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import { lambdaContext, memoryDeadLetters, memoryLedger } from '../../src/testing/index.ts';
import { alteredLedger } from '../altered-ledger.ts';
import { instantRuntime } from '../instant-runtime.ts';
import type { PlannedRecord } from './arbitrary-batch.ts';
import { anyBatch, behave } from './arbitrary-batch.ts';
import { deliverUntilSettled } from './lambda-model.ts';

const runs = { numRuns: 400 };
const breath = () => new Promise((resolve) => setImmediate(resolve));

/** A handler that behaves towards each record as planned, and writes down what happens. */
function stage(batch: readonly PlannedRecord[], options: HandlerOptions) {
  const planned = new Map(batch.map((one) => [one.number, one]));
  const calls = new Map<string, number>();
  const log: { readonly what: 'start' | 'done' | 'letter'; readonly number: string }[] = [];
  const letters: DeadLetters = {
    send(letter) {
      log.push({ what: 'letter', number: letter.record.dynamodb?.SequenceNumber ?? '' });
      return Promise.resolve();
    },
  };
  const router = createRouter().onChange('everything', anyItem(), async ({ sequenceNumber }) => {
    const one = planned.get(sequenceNumber);
    const call = calls.get(sequenceNumber) ?? 0;
    calls.set(sequenceNumber, call + 1);
    log.push({ what: 'start', number: sequenceNumber });
    // Some end in this turn, some later, so that lanes overtake each other.
    if ((one?.odd ?? 0) % 3 > 0) await breath();
    behave(one?.behaviours[call] ?? 'succeed', one?.odd ?? 0);
    log.push({ what: 'done', number: sequenceNumber });
  });
  const handler = createHandlerIn(instantRuntime(), router, {
    consumer: 'test',
    deadLetters: letters,
    log: 'off',
    ...options,
  });
  return { handler, log };
}

describe('Promise 1 and 2, against a model of Lambda that delivers again', () => {
  const anyTime = fc.constantFrom(1_200, 30_000);
  const anySize = fc.integer({ min: 1, max: 25 });

  it('Promise 1: with a ledger every record is settled exactly once, as done or as a letter', async () => {
    await fc.assert(
      fc.asyncProperty(anyBatch, anyTime, anySize, async (batch, remainingMs, batchSize) => {
        const { handler, log } = stage(batch, { ledger: memoryLedger() });
        const records = batch.map(({ record }) => record);
        await deliverUntilSettled(handler, records, { deliveries: 200, batchSize, remainingMs });
        const ended = log.filter(({ what }) => what !== 'start').map(({ number }) => number);
        expect(ended.toSorted()).toEqual(batch.map(({ number }) => number).toSorted());
      }),
      runs,
    );
  });

  it('Promise 1: without a ledger every record is settled at least once', async () => {
    await fc.assert(
      fc.asyncProperty(anyBatch, anyTime, anySize, async (batch, remainingMs, batchSize) => {
        const { handler, log } = stage(batch, { ledger: 'off' });
        const records = batch.map(({ record }) => record);
        await deliverUntilSettled(handler, records, { deliveries: 200, batchSize, remainingMs });
        const ended = new Set(log.filter(({ what }) => what !== 'start').map(({ number }) => number));
        expect([...ended].toSorted()).toEqual(batch.map(({ number }) => number).toSorted());
      }),
      runs,
    );
  });

  it('Promise 2: no change is started before the earlier changes of its item are settled', async () => {
    await fc.assert(
      fc.asyncProperty(anyBatch, anyTime, fc.boolean(), async (batch, remainingMs, hasLedger) => {
        const { handler, log } = stage(batch, { ledger: hasLedger ? memoryLedger() : 'off' });
        const records = batch.map(({ record }) => record);
        await deliverUntilSettled(handler, records, { deliveries: 200, batchSize: 25, remainingMs });
        const settled = new Set<string>();
        for (const { what, number } of log) {
          if (what !== 'start') settled.add(number);
          else expect(earlierOfItem(batch, number).filter((earlier) => !settled.has(earlier))).toEqual([]);
        }
      }),
      runs,
    );
  });

  it("Promise 2: with order 'shard' no record is started before all before it are settled", async () => {
    await fc.assert(
      fc.asyncProperty(anyBatch, anyTime, async (batch, remainingMs) => {
        const { handler, log } = stage(batch, { ledger: memoryLedger(), order: 'shard' });
        const records = batch.map(({ record }) => record);
        await deliverUntilSettled(handler, records, { deliveries: 200, batchSize: 25, remainingMs });
        const order = log.filter(({ what }) => what !== 'start').map(({ number }) => number);
        expect(order).toEqual(batch.map(({ number }) => number));
      }),
      runs,
    );
  });

  it('Promise 2: without a ledger nothing is started behind a failure', async () => {
    await fc.assert(
      fc.asyncProperty(anyBatch, async (batch) => {
        const position = (number: string) => batch.findIndex((one) => one.number === number);
        let firstFailed = Infinity;
        let begunByThen = new Set<number>();
        const { handler, log } = stage(batch, {
          ledger: 'off',
          observers: [
            {
              onRecord({ outcome, sequenceNumber, routes }) {
                if (outcome === 'blocked' || outcome === 'deferred') expect(routes).toEqual([]);
                if (outcome !== 'failed' || position(sequenceNumber) > firstFailed) return;
                firstFailed = position(sequenceNumber);
                // What was decided on before may still take a few turns until its handler's first line.
                setImmediate(() => (begunByThen = begun()));
              },
            },
          ],
        });
        const begun = () => new Set(log.map(({ number }) => position(number)));
        await handler(eventOf(batch), lambdaContext({ remainingMs: 1_100 }));
        await breath();
        const begunLater = [...begun()].filter((at) => at > firstFailed && !begunByThen.has(at));
        expect(begunLater).toEqual([]);
      }),
      runs,
    );
  });
});

const eventOf = (batch: readonly PlannedRecord[]) => ({ Records: batch.map(({ record }) => record) });

const earlierOfItem = (batch: readonly PlannedRecord[], number: string): readonly string[] => {
  const item = batch.find((one) => one.number === number)?.item;
  return batch
    .filter((one) => one.item === item && BigInt(one.number) < BigInt(number))
    .map((one) => one.number);
};

const anyGuarantee = fc.constantFrom('claim' as const, 'record' as const, 'checkpoint' as const);

describe('Promise 1, whatever else fails', () => {
  it('Promise 1: the response names the first unsettled record, though ledger and queue fail at random', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyBatch,
        fc.array(fc.boolean(), { minLength: 1 }),
        anyGuarantee,
        async (batch, faults, guarantee) => {
          let use = 0;
          const mayFail = (): Promise<void> => {
            use += 1;
            return faults[use % faults.length] === true
              ? Promise.reject(Object.assign(new Error('down'), { code: 'ECONNRESET' }))
              : Promise.resolve();
          };
          const ledger = alteredLedger(
            {
              take: (work, take) => mayFail().then(() => take(work)),
              complete: (complete) => mayFail().then(complete),
              release: (release) => mayFail().then(release),
              close: (close) => mayFail().then(close),
            },
            memoryLedger({ guarantee }),
          );
          const memory = memoryDeadLetters();
          const outcomes = new Map<string, OutcomeName>();
          const { handler } = stage(batch, {
            ledger,
            deadLetters: { send: (letter) => mayFail().then(() => memory.send(letter)) },
            observers: [
              {
                onRecord({ sequenceNumber, outcome }) {
                  expect(outcomes.has(sequenceNumber)).toBe(false);
                  outcomes.set(sequenceNumber, outcome);
                },
              },
            ],
          });
          const response = await handler(eventOf(batch), lambdaContext());
          expect(outcomes.size).toBe(batch.length);
          const unsettled = batch
            .map(({ number }) => number)
            .filter((number) => !isSettled(outcomes.get(number) ?? 'failed'));
          expect(response.batchItemFailures).toEqual(
            unsettled.slice(0, 1).map((itemIdentifier) => ({ itemIdentifier })),
          );
        },
      ),
      runs,
    );
  });
});
