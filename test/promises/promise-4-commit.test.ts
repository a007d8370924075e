import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { createHandler } from '../../src/create-handler.ts';
import type { HandlerOptions } from '../../src/handler-options.ts';
import type { CommitWrite, RecordEvent, RouteContext } from '../../src/index.ts';
import { AlreadySettledError, CommitConditionError, dynamoDBLedger } from '../../src/index.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import {
  insertRecord,
  lambdaContext,
  memoryDeadLetters,
  memoryLedger,
  streamEvent,
} from '../../src/testing/index.ts';
import { dynamoDBClient, itemsOf, makeTable } from '../idempotency/tables.ts';

let stack: LocalStack;
let client: DynamoDBClient;
beforeAll(async () => {
  stack = await startLocalStack();
  client = dynamoDBClient(stack);
  await makeTable(client, 'Totals', ['pk']);
});
afterAll(async () => {
  client.destroy();
  await stack.stop();
});

const later = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
let tables = 0;

const addOne = (pk: string): CommitWrite => ({
  Update: {
    TableName: 'Totals',
    Key: { pk },
    UpdateExpression: 'ADD #count :one',
    ExpressionAttributeNames: { '#count': 'count' },
    ExpressionAttributeValues: { ':one': 1 },
  },
});
const onlyIfNew = (pk: string): CommitWrite => ({
  Put: { TableName: 'Totals', Item: { pk }, ConditionExpression: 'attribute_not_exists(pk)' },
});
const unlessMissing = (pk: string): CommitWrite => ({
  ConditionCheck: { TableName: 'Totals', Key: { pk }, ConditionExpression: 'attribute_exists(pk)' },
});
const countOf = async (pk: string): Promise<number> => {
  const item = (await itemsOf(client, 'Totals')).find((one) => one['pk']?.S === pk);
  return Number(item?.['count']?.N ?? 0);
};

type Handle = (context: RouteContext) => unknown;

/** A ledger of its own, and a handler of one record that is delivered as often as asked. */
async function stage(handle: Handle, options: HandlerOptions = {}) {
  tables += 1;
  const tableName = await makeTable(client, `CommitLedger${tables}`, ['id']);
  const events: RecordEvent[] = [];
  const deadLetters = memoryDeadLetters();
  const record = insertRecord({ pk: 'A' }, { eventId: `commit-${tables}` });
  const handlerOf = (one: Handle, more: HandlerOptions = {}) =>
    createHandler(
      createRouter().onInsert('count', anyItem(), (_, context) => one(context)),
      {
        ledger: dynamoDBLedger({ tableName, client }),
        consumer: 'totals',
        deadLetters,
        log: 'off',
        retry: { attempts: 2, baseDelayMs: 1 },
        observers: [{ onRecord: (event) => events.push(event) }],
        ...options,
        ...more,
      },
    );
  const handler = handlerOf(handle);
  return {
    deliver: (to = handler) => to(streamEvent(record), lambdaContext()),
    handlerOf,
    tableName,
    deadLetters,
    events,
    outcomes: () => events.map(({ outcome }) => outcome),
  };
}

describe('context.commit', () => {
  it.each(['claim', 'record', 'checkpoint'] as const)(
    'Promise 4: writes the effect and the entry of the ledger together, and once (%s)',
    async (guarantee) => {
      const pk = `together-${guarantee}`;
      const { deliver, handlerOf, tableName, outcomes } = await stage(({ commit }) => commit([addOne(pk)]));
      // Another function of the consumer each time.
      for (let delivery = 0; delivery < 3; delivery += 1)
        expect(
          await deliver(
            handlerOf(({ commit }) => commit([addOne(pk)]), {
              ledger: dynamoDBLedger({ tableName, client, guarantee }),
            }),
          ),
        ).toEqual({ batchItemFailures: [] });
      expect([await countOf(pk), outcomes()]).toEqual([1, ['handled', 'duplicate', 'duplicate']]);
    },
  );

  it('Promise 4: is the end of the work: what is thrown after it is told, and changes nothing', async () => {
    const { deliver, events, deadLetters } = await stage(async ({ commit }) => {
      await commit([addOne('thrown-after')]);
      throw new Error('after the commit');
    });
    await deliver();
    await deliver();
    expect(await countOf('thrown-after')).toBe(1);
    expect(events.map(({ outcome, routes }) => [outcome, routes[0]?.attempts, routes[0]?.error])).toEqual([
      ['handled', 1, new Error('after the commit')],
      ['duplicate', 0, undefined],
    ]);
    expect(deadLetters.letters).toEqual([]);
  });

  it('Promise 4: is waited for where the handler does not', async () => {
    const { deliver, outcomes } = await stage(({ commit }) => void commit([addOne('not-awaited')]));
    await deliver();
    expect([await countOf('not-awaited'), outcomes()]).toEqual([1, ['handled']]);
  });

  it('lets the handler decide about a condition that does not hold, with nothing written', async () => {
    const failures: unknown[] = [];
    const { deliver, outcomes } = await stage(async ({ commit }) => {
      await commit([onlyIfNew('condition')]);
    });
    await deliver();
    const second = await stage(async ({ commit }) => {
      try {
        await commit([addOne('with-condition'), onlyIfNew('condition')]);
      } catch (error) {
        if (!(error instanceof CommitConditionError)) throw error;
        failures.push(error.failures);
        await commit([addOne('in-its-place')]);
      }
    });
    await second.deliver();
    expect([outcomes(), second.outcomes()]).toEqual([['handled'], ['handled']]);
    expect(failures).toEqual([[{ index: 1, tableName: 'Totals' }]]);
    expect([await countOf('with-condition'), await countOf('in-its-place')]).toEqual([0, 1]);
  });

  it('makes a condition that nobody caught an error like any other: tried again, then a letter', async () => {
    const { deliver, deadLetters, outcomes } = await stage(({ commit }) => commit([onlyIfNew('condition')]));
    await deliver();
    expect(outcomes()).toEqual(['dead-lettered']);
    expect(deadLetters.letters).toMatchObject([{ reason: 'exhausted', attempts: 2 }]);
  });

  it('hands a condition that does not hold to the handler at once, and asks DynamoDB no second time', async () => {
    const counting = dynamoDBClient(stack);
    let transactions = 0;
    counting.middlewareStack.add((next, { commandName }) => async (args) => {
      if (commandName === 'TransactWriteItemsCommand') transactions += 1;
      return next(args);
    });
    const ledger = dynamoDBLedger({
      tableName: await makeTable(client, 'AskedOnce', ['id']),
      client: counting,
    });
    const { deliver, deadLetters } = await stage(({ commit }) => commit([unlessMissing('nowhere')]), {
      ledger,
    });
    await deliver();
    // One for each attempt of the handler.
    expect([transactions, deadLetters.letters.map(({ attempts }) => attempts)]).toEqual([2, [2]]);
    counting.destroy();
  });

  it.each([
    [
      'is called twice',
      async ({ commit }: RouteContext) => {
        await commit([addOne('twice')]);
        await commit([addOne('twice')]);
      },
      'handled',
      1,
    ],
    [
      'is called twice at once',
      async ({ commit }: RouteContext) => {
        await Promise.all([commit([addOne('at-once')]), commit([addOne('at-once')])]);
      },
      'handled',
      1,
    ],
    [
      'is given a hundred writes',
      ({ commit }: RouteContext) =>
        commit(Array.from({ length: 100 }, (_, index) => addOne(`too many ${index}`))),
      'dead-lettered',
      0,
    ],
  ] as const)('refuses one that %s', async (_, handle, outcome, effects) => {
    const { deliver, outcomes, deadLetters, events } = await stage(handle);
    await deliver();
    expect(outcomes()).toEqual([outcome]);
    expect(events[0]?.routes[0]?.error).toMatchObject({ code: 'COMMIT_REFUSED' });
    expect(deadLetters.letters).toHaveLength(effects === 0 ? 1 : 0);
    for (const pk of ['twice', 'at-once']) expect(await countOf(pk)).toBeLessThanOrEqual(1);
  });

  it('is refused where the ledger is off or cannot commit: a letter, that says what to do', async () => {
    const powertools = await makeTable(client, 'PowertoolsCommit', ['id']);
    const ledgers = [
      'off',
      new DynamoDBPersistenceLayer({ tableName: powertools, awsSdkV3Client: client }),
    ] as const;
    for (const ledger of ledgers) {
      const { deliver, deadLetters } = await stage(({ commit }) => commit([addOne('refused')]), { ledger });
      await deliver();
      expect(deadLetters.letters).toMatchObject([
        { reason: 'permanent', error: { message: expect.stringContaining('dynamoDBLedger') as string } },
      ]);
    }
    expect(await countOf('refused')).toBe(0);
  });

  it('is refused after its handler has ended', async () => {
    const late = Promise.withResolvers<unknown>();
    const { deliver, outcomes } = await stage(({ commit }) => {
      setTimeout(() => void commit([addOne('too-late')]).catch(late.resolve), 50);
    });
    await deliver();
    expect(outcomes()).toEqual(['handled']);
    expect(await late.promise).toMatchObject({ code: 'COMMIT_REFUSED' });
    expect(await countOf('too-late')).toBe(0);
  });

  it('Promise 4: of two runs at the same time the second is told that the work is settled', async () => {
    const { deliver, handlerOf, tableName, outcomes } = await stage(() => undefined);
    const thrown: unknown[] = [];
    const slow = async ({ commit }: RouteContext): Promise<void> => {
      await later(50);
      await commit([addOne('two-runs')]).catch((error: unknown) => {
        thrown.push(error);
        throw error;
      });
    };
    const withoutClaims = () =>
      handlerOf(slow, { ledger: dynamoDBLedger({ tableName, client, guarantee: 'record' }) });
    const responses = await Promise.all([deliver(withoutClaims()), deliver(withoutClaims())]);
    expect(responses).toEqual([{ batchItemFailures: [] }, { batchItemFailures: [] }]);
    expect([await countOf('two-runs'), outcomes().toSorted()]).toEqual([1, ['duplicate', 'handled']]);
    expect(thrown).toEqual([expect.any(AlreadySettledError)]);
  });

  it('Promise 4: takes effect once where an attempt ran out of time and the next one commits too', async () => {
    const router = createRouter().onInsert(
      'count',
      anyItem(),
      async (_, { commit, attempt }) => {
        if (attempt === 1) await later(60);
        await commit([addOne('timed-out')]);
        if (attempt === 1) await later(60);
      },
      { timeoutMs: 40 },
    );
    const tableName = await makeTable(client, 'TimedOut', ['id']);
    const handler = createHandler(router, {
      ledger: dynamoDBLedger({ tableName, client }),
      deadLetters: 'off',
      log: 'off',
      retry: { baseDelayMs: 1 },
    });
    expect(await handler(streamEvent(insertRecord({ pk: 'A' })), lambdaContext())).toEqual({
      batchItemFailures: [],
    });
    await later(100);
    expect(await countOf('timed-out')).toBe(1);
  });

  it('is kept by a ledger in memory, for tests', async () => {
    const ledger = memoryLedger();
    const { deliver } = await stage(({ commit }) => commit([addOne('in-memory')]), { ledger });
    await deliver();
    await deliver();
    expect(ledger.commits).toEqual([[addOne('in-memory')]]);
    expect(await countOf('in-memory')).toBe(0);
  });
});
