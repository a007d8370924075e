import { createRequire } from 'node:module';
import type * as Idempotency from '@aws-lambda-powertools/idempotency';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import type * as DynamoDBLayer from '@aws-lambda-powertools/idempotency/dynamodb';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteTableCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createHandler } from '../../src/create-handler.ts';
import {
  InvalidOptionError,
  LedgerError,
  MissingEnvironmentError,
  PermanentError,
} from '../../src/errors.ts';
import { dynamoDBLedger } from '../../src/idempotency/dynamodb-ledger.ts';
import { ledgerOf } from '../../src/idempotency/ledger.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import { insertRecord, lambdaContext, memoryDeadLetters, streamEvent } from '../../src/testing/index.ts';
import { eventSourceArn, holdOf, openSession, workOf } from './open-session.ts';
import { dynamoDBClient, itemsOf, makeTable } from './tables.ts';

let stack: LocalStack;
let client: DynamoDBClient;
beforeAll(async () => {
  stack = await startLocalStack();
  client = dynamoDBClient(stack);
});
afterEach(() => {
  vi.unstubAllEnvs();
});
afterAll(async () => {
  client.destroy();
  await stack.stop();
});

const secondsFromNow = (seconds: string | undefined) => Number(seconds) - Date.now() / 1_000;

describe("the ledger's table", () => {
  it('holds a readable key, a status and when they end, and nothing else', async () => {
    const tableName = await makeTable(client, 'Entries', ['id']);
    const eventId = 'c9fbe7d0261a5163fcb6940593e41797';
    const key = `spillway#orders#tell-customer#${eventSourceArn}#${eventId}`;
    const session = openSession(ledgerOf(dynamoDBLedger({ tableName, client })), 30_000);
    const first = await holdOf(session, eventId);

    const [claimed, ...others] = await itemsOf(client, tableName);
    expect(others).toEqual([]);
    expect(claimed).toEqual({
      id: { S: key },
      status: { S: 'INPROGRESS' },
      owner: { S: expect.stringMatching(/^[\w-]{36}\/1$/) as string },
      expiration: { N: expect.any(String) as string },
      in_progress_expiration: { N: expect.any(String) as string },
    });
    expect(Math.abs(secondsFromNow(claimed?.['expiration']?.N) - 48 * 3_600)).toBeLessThan(5);
    expect(Math.abs(Number(claimed?.['in_progress_expiration']?.N) - Date.now() - 30_000)).toBeLessThan(
      5_000,
    );

    expect(await first.complete('handled')).toBe('kept');
    expect(await itemsOf(client, tableName)).toEqual([{ ...claimed, status: { S: 'COMPLETED' } }]);
    // What is settled is nobody's claim any more, and nobody else's either.
    expect(await first.release()).toBe('kept');
    expect(await itemsOf(client, tableName)).toHaveLength(1);

    const second = await holdOf(session, 'other');
    await second.complete('dead-lettered');
    expect(await itemsOf(client, tableName)).toContainEqual({
      id: { S: `spillway#orders#tell-customer#${eventSourceArn}#other` },
      status: { S: 'COMPLETED' },
      owner: { S: expect.stringMatching(/\/2$/) as string },
      expiration: { N: expect.any(String) as string },
      data: { S: 'dead-lettered' },
    });
  });

  it('has its time to live on the attribute that the documentation names', async () => {
    const tableName = await makeTable(client, 'TimeToLive', ['id']);
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: tableName,
        TimeToLiveSpecification: { AttributeName: 'expiration', Enabled: true },
      }),
    );
    await holdOf(openSession(ledgerOf(dynamoDBLedger({ tableName, client }))), 'a');
    const [item] = await itemsOf(client, tableName);
    expect(Number(item?.['expiration']?.N)).toSatisfy(Number.isInteger);
  });

  it('Promise 4: keeps an entry for as long as it is told, which is longer than the stream keeps a record', async () => {
    const tableName = await makeTable(client, 'Expiry', ['id']);
    const ledger = ledgerOf(dynamoDBLedger({ tableName, client, expiresAfterSeconds: 7 * 86_400 }));
    await (await holdOf(openSession(ledger), 'a')).complete('handled');
    const [item] = await itemsOf(client, tableName);
    expect(Math.abs(secondsFromNow(item?.['expiration']?.N) - 7 * 86_400)).toBeLessThan(5);
  });

  it('Promise 9: holds neither what a handler returned nor an attribute value of the record', async () => {
    const tableName = await makeTable(client, 'Silent', ['id']);
    const deadLetters = memoryDeadLetters();
    const router = createRouter()
      .onInsert('return', anyItem<{ id: string }>(), ({ newImage }) => ({ result: 'S3CRET', newImage }))
      .onInsert('throw', anyItem<{ id: string }>(), ({ newImage }) => {
        throw new PermanentError(`S3CRET ${newImage.id}`);
      });
    const handler = createHandler(router, {
      ledger: dynamoDBLedger({ tableName, client }),
      deadLetters,
      consumer: 'orders',
      log: 'off',
    });
    const record = insertRecord({ id: 'S3CRET-key', name: 'S3CRET-name' }, { eventId: 'c9fb' });
    expect(await handler(streamEvent(record), lambdaContext())).toEqual({ batchItemFailures: [] });
    const items = await itemsOf(client, tableName);
    expect(JSON.stringify(items)).not.toContain('S3CRET');
    expect(items.map(({ id }) => id?.S ?? '').toSorted()).toEqual([
      `spillway#orders#return#${eventSourceArn}#c9fb`,
      `spillway#orders#throw#${eventSourceArn}#c9fb`,
    ]);
  });

  it('Promise 4: lets a batch that is delivered again pass, without a handler and without a letter', async () => {
    const tableName = await makeTable(client, 'Again', ['id']);
    const handled: string[] = [];
    const deadLetters = memoryDeadLetters();
    const router = createRouter().onInsert('all', anyItem<{ id: string }>(), ({ newImage: { id } }) => {
      handled.push(id);
      if (id === 'bad') throw new PermanentError('never');
    });
    const event = streamEvent(...['a', 'bad', 'c'].map((id) => insertRecord({ id })));
    for (const functionName of ['blue', 'blue', 'green']) {
      const ledger = dynamoDBLedger({ tableName, client });
      const handler = createHandler(router, { ledger, deadLetters, consumer: 'orders', log: 'off' });
      expect(await handler(event, lambdaContext({ functionName }))).toEqual({ batchItemFailures: [] });
    }
    expect(handled.toSorted()).toEqual(['a', 'bad', 'c']);
    expect(deadLetters.letters).toHaveLength(1);
  });
});

describe('a ledger that cannot be reached', () => {
  it.each([
    ['claim', 'could not claim a record'],
    ['complete', 'could not remember a settled record'],
    ['release', 'could not release a claim'],
  ] as const)('says so, by the name of the table, when it is to %s', async (step, told) => {
    const tableName = await makeTable(client, `Gone-${step}`, ['id']);
    const session = openSession(ledgerOf(dynamoDBLedger({ tableName, client })));
    const hold = step === 'claim' ? undefined : await holdOf(session, 'a');
    await client.send(new DeleteTableCommand({ TableName: tableName }));
    const use = {
      claim: () => session.take(workOf('a')),
      complete: () => hold?.complete('handled'),
      release: () => hold?.release(),
    };
    const error = await Promise.resolve(use[step]()).then(
      () => expect.unreachable('the table is not there'),
      (thrown: unknown) => thrown as LedgerError,
    );
    expect(error).toBeInstanceOf(LedgerError);
    expect(error.message).toContain(`the DynamoDB table "${tableName}"`);
    expect(error.message).toContain(told);
    expect(error.cause).toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('Promise 1: leaves the record failed, and the handler not run', async () => {
    const outcomes: unknown[] = [];
    const handle = vi.fn();
    const handler = createHandler(createRouter().onInsert('all', anyItem(), handle), {
      ledger: dynamoDBLedger({ tableName: 'NotThere', client }),
      deadLetters: 'off',
      log: 'off',
      observers: [{ onRecord: ({ outcome, routes }) => outcomes.push([outcome, routes[0]?.error]) }],
    });
    const record = insertRecord({ id: 'a' }, { sequenceNumber: '111' });
    expect(await handler(streamEvent(record), lambdaContext())).toEqual({
      batchItemFailures: [{ itemIdentifier: '111' }],
    });
    expect(handle).not.toHaveBeenCalled();
    expect(outcomes).toEqual([['failed', expect.any(LedgerError)]]);
  });
});

describe("what dynamoDBLedger's options may be", () => {
  it.each([0, 1, 3_600, 86_400, 86_400.5, 172_800.5, -1, NaN, Infinity, '172800', null])(
    'Promise 4: an expiry of %s seconds is refused, for the stream delivers again for 24 hours',
    (expiresAfterSeconds) => {
      const make = () =>
        dynamoDBLedger({ tableName: 'T', client, expiresAfterSeconds: expiresAfterSeconds as never });
      expect(make).toThrow(InvalidOptionError);
      expect(make).toThrow(/"expiresAfterSeconds" must be a whole number above 86400/);
    },
  );

  it('an expiry of a second more than a day is allowed', () => {
    expect(() =>
      ledgerOf(dynamoDBLedger({ tableName: 'T', client, expiresAfterSeconds: 86_401 })),
    ).not.toThrow();
  });

  it.each(['', 7, {}, null])('a table called %j is refused', (tableName) => {
    expect(() => dynamoDBLedger({ tableName: tableName as never, client })).toThrow(/"tableName"/);
  });

  it('the table is that of SPILLWAY_LEDGER_TABLE if none is named', async () => {
    const table = await makeTable(client, 'FromEnvironment', ['id']);
    vi.stubEnv('SPILLWAY_LEDGER_TABLE', table);
    await holdOf(openSession(ledgerOf(dynamoDBLedger({ client }))), 'a');
    expect(await itemsOf(client, table)).toHaveLength(1);
  });

  it('without any table it throws on Lambda, naming the variable, and at its first use elsewhere', async () => {
    vi.stubEnv('SPILLWAY_LEDGER_TABLE', ' ');
    const elsewhere = ledgerOf(dynamoDBLedger({ client }));
    const failed = await openSession(elsewhere)
      .take(workOf('a'))
      .catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(LedgerError);
    expect((failed as LedgerError).cause).toBeInstanceOf(MissingEnvironmentError);
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'orders');
    expect(() => dynamoDBLedger({ client })).toThrow(MissingEnvironmentError);
    expect(() => dynamoDBLedger({ client })).toThrow(/SPILLWAY_LEDGER_TABLE/);
  });
});

describe('Powertools and its settings', () => {
  it.each(['true', '1', 'on'])(
    'Promise 4: a ledger, the default too, is refused while POWERTOOLS_IDEMPOTENCY_DISABLED is %s',
    (value) => {
      vi.stubEnv('POWERTOOLS_IDEMPOTENCY_DISABLED', value);
      const layers = [
        undefined,
        dynamoDBLedger({ tableName: 'T', client }),
        new DynamoDBPersistenceLayer({ tableName: 'T', awsSdkV3Client: client }),
      ];
      for (const layer of layers) {
        expect(() => ledgerOf(layer)).toThrow(InvalidOptionError);
        expect(() => ledgerOf(layer)).toThrow(/POWERTOOLS_IDEMPOTENCY_DISABLED is set/);
      }
    },
  );

  it('a ledger is taken while POWERTOOLS_IDEMPOTENCY_DISABLED is false', () => {
    vi.stubEnv('POWERTOOLS_IDEMPOTENCY_DISABLED', 'false');
    expect(() => ledgerOf(dynamoDBLedger({ tableName: 'T', client }))).not.toThrow();
  });

  const layerConfiguredWith = (config: ConstructorParameters<typeof IdempotencyConfig>[0]) => {
    const layer = new DynamoDBPersistenceLayer({ tableName: 'Configured', awsSdkV3Client: client });
    layer.configure({ config: new IdempotencyConfig(config) });
    return layer;
  };

  it('Promise 4: a layer that forgets within 24 hours is refused, and told for how long it remembers', () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    for (const expiresAfterSeconds of [undefined, 3_600, 86_400]) {
      const layer = () =>
        layerConfiguredWith(expiresAfterSeconds === undefined ? {} : { expiresAfterSeconds });
      expect(() => ledgerOf(layer())).toThrow(InvalidOptionError);
      expect(() => ledgerOf(layer())).toThrow(
        `ledger (DynamoDBPersistenceLayer): its entries expire after ${expiresAfterSeconds ?? 3_600} seconds`,
      );
    }
    expect(() => ledgerOf(layerConfiguredWith({ expiresAfterSeconds: 86_401 }))).not.toThrow();
    vi.restoreAllMocks();
  });

  it('Promise 1: a layer that takes its keys from within other payloads is refused, or keeps work apart', async () => {
    vi.spyOn(console, 'warn').mockReturnValue();
    await makeTable(client, 'Configured', ['id']);
    const layer = layerConfiguredWith({ eventKeyJmesPath: 'body.orderId', expiresAfterSeconds: 172_800 });
    const handled: string[] = [];
    const router = createRouter().onInsert('all', anyItem<{ id: string }>(), ({ newImage }) => {
      handled.push(newImage.id);
    });
    const handler = createHandler(router, { ledger: layer, deadLetters: 'off', log: 'off' });
    const event = streamEvent(insertRecord({ id: 'a' }), insertRecord({ id: 'b' }));
    const deliver = () => handler(event, lambdaContext()).catch((error: unknown) => error);
    const outcomes = [await deliver(), await deliver()];
    vi.restoreAllMocks();
    if (!outcomes.every((outcome) => outcome instanceof InvalidOptionError))
      expect(handled.toSorted()).toEqual(['a', 'b']);
  });

  it('Promise 4: a layer with a sort key is refused without a staticPkValue, or known in all functions', async () => {
    const table = await makeTable(client, 'SortKey', ['pk', 'sk']);
    const inFunction = (functionName: string) => {
      vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', functionName);
      return ledgerOf(
        new DynamoDBPersistenceLayer({
          tableName: table,
          awsSdkV3Client: client,
          keyAttr: 'pk',
          sortKeyAttr: 'sk',
        }),
      );
    };
    let ledgers;
    try {
      ledgers = [inFunction('blue'), inFunction('green')] as const;
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidOptionError);
      return;
    }
    await holdOf(openSession(ledgers[0]), 'a');
    expect(await openSession(ledgers[1]).take(workOf('a'))).toMatchObject({ kind: 'held' });
  });

  it('Promise 9: a text that makeIdempotent is called with is not in the table, but its hash', async () => {
    const tableName = await makeTable(client, 'Hashed', ['id']);
    const config = new IdempotencyConfig({ expiresAfterSeconds: 172_800, hashFunction: 'sha256' });
    config.registerLambdaContext(lambdaContext());
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    const notify = makeIdempotent((card: string) => Promise.resolve(card.length), {
      persistenceStore: dynamoDBLedger({ tableName, client }),
      config,
    });
    expect([await notify('S3CRET card'), await notify('S3CRET card')]).toEqual([11, 11]);
    warned.mockRestore();
    const [item, ...others] = await itemsOf(client, tableName);
    expect(others).toEqual([]);
    expect(JSON.stringify(item)).not.toContain('S3CRET');
  });

  describe('a late run of makeIdempotent', () => {
    const config = new IdempotencyConfig({ expiresAfterSeconds: 172_800, hashFunction: 'sha256' });
    const inFunction = (tableName: string, work: () => Promise<unknown>, remainingMs: number) => {
      config.registerLambdaContext(lambdaContext({ remainingMs }));
      return makeIdempotent((card: string) => work().then((result) => result ?? card), {
        persistenceStore: dynamoDBLedger({ tableName, client }),
        config,
      })('card');
    };
    const twoRuns = async (tableName: string, late: () => Promise<unknown>) => {
      await makeTable(client, tableName, ['id']);
      const warned = vi.spyOn(console, 'warn').mockReturnValue();
      const { promise: mayEnd, resolve: end } = Promise.withResolvers<undefined>();
      const first = inFunction(tableName, () => mayEnd.then(late), 1).catch((error: unknown) => error);
      await expect.poll(() => itemsOf(client, tableName)).toHaveLength(1);
      await new Promise((later) => setTimeout(later, 5));
      const { promise: secondEnd, resolve: endSecond } = Promise.withResolvers<string>();
      const second = inFunction(tableName, () => secondEnd, 60_000);
      const before = await itemsOf(client, tableName);
      await expect.poll(() => itemsOf(client, tableName)).not.toEqual(before);
      const taken = await itemsOf(client, tableName);
      end(undefined);
      const ended = await first;
      expect(await itemsOf(client, tableName)).toEqual(taken);
      endSecond('done by the second');
      expect(await second).toBe('done by the second');
      warned.mockRestore();
      return ended;
    };

    it('Promise 4: completes nothing that another run has taken, and says so', async () => {
      const ended = await twoRuns('LateComplete', () => Promise.resolve('late'));
      expect(ended).toMatchObject({ cause: { code: 'CLAIM_LOST' } });
    });

    it('Promise 4: deletes nothing that another run has taken', async () => {
      const ended = await twoRuns('LateDelete', () => Promise.reject(new Error('late')));
      expect(ended).toMatchObject({ message: 'late' });
    });
  });

  it('claims again what is gone by the time it is looked up, with the layer of another copy of Powertools', async () => {
    const table = await makeTable(client, 'AnotherCopy', ['id']);
    const require = createRequire(import.meta.url);
    const copy = require('@aws-lambda-powertools/idempotency') as typeof Idempotency;
    const layers = require('@aws-lambda-powertools/idempotency/dynamodb') as typeof DynamoDBLayer;
    let refusals = 1;
    class RefusingOnce extends layers.DynamoDBPersistenceLayer {
      protected override async _putRecord(record: IdempotencyRecord): Promise<void> {
        refusals -= 1;
        if (refusals === 0) throw new copy.IdempotencyItemAlreadyExistsError('there was one');
        await super._putRecord(record);
      }
    }
    const ledger = ledgerOf(new RefusingOnce({ tableName: table, awsSdkV3Client: client }));
    await holdOf(openSession(ledger), 'a');
    expect(await itemsOf(client, table)).toHaveLength(1);
  });

  it('makeIdempotent can use a dynamoDBLedger, beside Spillway and in the same table', async () => {
    const tableName = await makeTable(client, 'Both', ['id']);
    const layer = dynamoDBLedger({ tableName, client });
    const ledger = ledgerOf(layer);
    const charge = vi.fn((order: { readonly id: string }) => Promise.resolve({ charged: order.id }));
    const config = new IdempotencyConfig({
      expiresAfterSeconds: 172_800,
      hashFunction: 'sha256',
      throwOnNoIdempotencyKey: true,
    });
    config.registerLambdaContext(lambdaContext());
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    const chargeOnce = makeIdempotent(charge, { persistenceStore: layer, config });

    const hold = await holdOf(openSession(ledger), 'a');
    expect(await chargeOnce({ id: 'a' })).toEqual({ charged: 'a' });
    await hold.complete('handled');
    expect(await chargeOnce({ id: 'a' })).toEqual({ charged: 'a' });
    expect(await chargeOnce({ id: 'b' })).toEqual({ charged: 'b' });
    expect(charge).toHaveBeenCalledTimes(2);
    expect(await openSession(ledger).take(workOf('a'))).toEqual({ kind: 'settled', as: 'handled' });
    expect(await itemsOf(client, tableName)).toHaveLength(3);
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });
});
