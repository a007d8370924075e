import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { dynamoDBClient } from '../idempotency/tables.ts';
import {
  expectAllSettled,
  expectEachOnceInOrder,
  expectNoRunAfterSettled,
  expectNothingLost,
  expectOrderInDeliveries,
  expectOrderThroughout,
} from './bounds.ts';
import type { Fault, ProxiedRequest } from './fault.ts';
import { openLab } from './lab.ts';
import { plansFor } from './plans.ts';
import { batchSize, changesOf, guarantees, recordsOf, workOff } from './work-off.ts';

let stack: LocalStack;
let direct: DynamoDBClient;
let labs = 0;
beforeAll(async () => {
  stack = await startLocalStack();
  direct = dynamoDBClient(stack);
});
afterAll(async () => {
  direct.destroy();
  await stack.stop();
});

const lab = () => openLab({ stack, direct, name: String((labs += 1)) });

const items = ['a', 'b', 'c', 'd'];
const changes = changesOf(items, 5);
const batches = changes.length / batchSize;
const everyChange = Object.fromEntries(items.map((item) => [item, [1, 2, 3, 4, 5]]));

/** Enough for every word with the ledger to be repeated until it gets through. */
const plentyMs = 20_000;
/** Not enough for it. */
const shortMs = 200;

const single = (fault: Fault) => (request: ProxiedRequest) => (request.number === 1 ? fault : undefined);

describe('a claim', () => {
  it('is known as our own when the answer to it was lost: it is not waited for as that of another run', async () => {
    await using its = await lab();
    its.proxy.setPlan(single({ kind: 'reset-after' }));
    const startedAt = performance.now();
    const { log, deliveries } = await workOff({
      ...its,
      guarantee: 'claim',
      records: recordsOf(changes.slice(0, 1)),
      effect: () => nextTurn(),
      remainingMs: 5_000,
    });
    expectEachOnceInOrder(log, changes.slice(0, 1));
    expect(deliveries).toBe(1);
    // Its lease is of one second.
    expect(performance.now() - startedAt).toBeLessThan(900);
  });
});

// They wait for each other's requests: a machine that is busy with other work takes its time.
describe.concurrent.each(guarantees)(
  'the ledger with the guarantee "%s"',
  { timeout: 120_000 },
  (guarantee) => {
    describe.each(plansFor(guarantee))('while $name', ({ make }) => {
      it('Promises 1, 2 and 4: has each effect once, in order and with the first delivery, if there is time', async () => {
        await using its = await lab();
        its.proxy.setPlan(make());
        const { log, deliveries } = await workOff({
          ...its,
          guarantee,
          records: recordsOf(changes),
          effect: () => nextTurn(),
          remainingMs: plentyMs,
        });
        expectEachOnceInOrder(log, changes);
        expectNothingLost(log, changes);
        expect(deliveries).toBe(batches);
        // A checkpoint costs so few requests that the fault may meet none.
        if (guarantee !== 'checkpoint') expect(its.proxy.faults()).not.toEqual({});
      });

      // A checkpoint remembers nothing of a batch that has ended well.
      if (guarantee !== 'checkpoint')
        it('Promise 4: has nothing done again if all is delivered again, the response being lost', async () => {
          await using its = await lab();
          const records = recordsOf(changes);
          const given = { ...its, guarantee, records, effect: () => nextTurn(), remainingMs: plentyMs };
          await workOff(given);
          its.proxy.setPlan(make());
          const { log } = await workOff(given);
          expect(log.map(({ kind }) => kind)).not.toContain('run');
          expectAllSettled(log, changes);
        });

      it('Promises 1, 2 and 4: repeats only what it did not tell as settled, if time is short', async () => {
        await using its = await lab();
        its.proxy.setPlan(make());
        const { log } = await workOff({
          ...its,
          guarantee,
          records: recordsOf(changes),
          effect: () => nextTurn(),
          remainingMs: shortMs,
        });
        expectNothingLost(log, changes);
        expectOrderInDeliveries(log);
        // A checkpoint remembers for the next delivery of the batch, which may never hear of it: then all of it is repeated.
        if (guarantee === 'checkpoint') return;
        expectNoRunAfterSettled(log);
        expectOrderThroughout(log);
      });

      it.each([
        ['there is time', plentyMs],
        ['time is short', shortMs],
      ])(
        'Promises 1, 2 and 4: commits each effect exactly once and in order, if %s',
        async (_, remainingMs) => {
          await using its = await lab();
          its.proxy.setPlan(make());
          const { log } = await workOff({
            ...its,
            guarantee,
            records: recordsOf(changes),
            effect: its.commitEffect,
            remainingMs,
          });
          expect(await its.committed()).toEqual(everyChange);
          expectNothingLost(log, changes);
        },
      );
    });
  },
);
