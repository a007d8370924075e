import { afterEach, describe, expect, it, vi } from 'vitest';
import { createHandler } from '../src/create-handler.ts';
import { InvalidOptionError, MissingEnvironmentError } from '../src/errors.ts';
import { dynamoDBLedger } from '../src/idempotency/dynamodb-ledger.ts';
import { sqsDeadLetters } from '../src/dead-letter/sqs-dead-letters.ts';
import { anyItem, entity } from '../src/routing/entity.ts';
import { createRouter } from '../src/routing/router.ts';
import { startsWith } from '../src/routing/where.ts';
import {
  insertRecord,
  lambdaContext,
  memoryDeadLetters,
  memoryLedger,
  streamEvent,
} from '../src/testing/index.ts';

const one = () => createRouter().onInsert('one', anyItem(), () => undefined);
const nothing = () => undefined;

afterEach(() => vi.unstubAllEnvs());

describe('wrong options are refused at start-up, with the option, what was given and what is allowed', () => {
  const handlerCases: readonly (readonly [object, RegExp])[] = [
    [{ ledger: 'none' }, /"ledger" must be/],
    [{ ledger: {} }, /"ledger" must be/],
    [{ deadLetters: {} }, /"deadLetters" must be/],
    [{ consumer: '' }, /"consumer" must be/],
    [{ order: 'global' }, /"order" must be 'item' or 'shard', got "global"/],
    [{ concurrency: 0 }, /"concurrency" must be a whole number from 1 to 1000, got 0/],
    [{ concurrency: 1.5 }, /"concurrency"/],
    [{ deadlineMarginMs: -1 }, /"deadlineMarginMs" must be a number from 100 to 900000, got -1/],
    [{ retry: { attempts: 0 } }, /"retry.attempts" must be a whole number from 1 to 100, got 0/],
    [{ retry: { tries: 3 } }, /"retry.tries" is not an option; there are attempts, baseDelayMs, maxDelayMs/],
    [{ retry: 3 }, /"retry" must be an object/],
    [{ classify: 'transient' }, /"classify" must be a function/],
    [{ observers: {} }, /"observers" must be a list/],
    [{ log: true }, /"log" must be/],
    [{ deadLetter: 'off' }, /"deadLetter" is not an option; there are ledger, deadLetters/],
  ];

  it.each(handlerCases)('createHandler(router, %o)', (options, message) => {
    expect(() => createHandler(one(), options)).toThrow(InvalidOptionError);
    expect(() => createHandler(one(), options)).toThrow(message);
  });

  it('a router without routes, a route name used twice, and what is no router', () => {
    expect(() => createHandler(createRouter())).toThrow(/there is no route/);
    expect(() => createHandler([one(), one()])).toThrow(/two routers have a route "one"/);
    expect(() => createHandler({} as never)).toThrow(/must be a router/);
    const taken = one();
    createHandler(taken);
    expect(() => taken.onRemove('two', anyItem(), nothing)).toThrow(/"two" was added after createHandler/);
    expect(() => taken.use(nothing)).toThrow(/a middleware was added after createHandler/);
    expect(() => one().onRemove('one', anyItem(), nothing)).toThrow(/"one": the name is taken/);
  });

  const routeCases: readonly (readonly [string, () => unknown, RegExp])[] = [
    ['an empty name', () => createRouter().onInsert(' ', anyItem(), nothing), /needs a name/],
    ['no entity', () => createRouter().onInsert('x', {} as never, nothing), /must be an entity/],
    ['no handler', () => createRouter().onInsert('x', anyItem(), 'f' as never), /must be a function/],
    [
      'an unknown option',
      () => createRouter().onInsert('x', anyItem(), nothing, { after: 1 } as never),
      /"after" is not an option/,
    ],
    [
      'changed on an INSERT',
      () => createRouter().onInsert('x', anyItem(), nothing, { changed: ['a'] } as never),
      /onModify only/,
    ],
    [
      'expired on a MODIFY',
      () => createRouter().onModify('x', anyItem(), nothing, { expired: true } as never),
      /onRemove only/,
    ],
    [
      'changed without both images',
      () =>
        createRouter({ view: 'NEW_IMAGE' }).onModify('x', anyItem(), nothing, { changed: ['a'] } as never),
      /needs both images/,
    ],
    [
      'an empty changed',
      () => createRouter().onModify('x', anyItem(), nothing, { changed: [] as never }),
      /at least one/,
    ],
    [
      'timeoutMs 0',
      () => createRouter().onInsert('x', anyItem(), nothing, { timeoutMs: 0 }),
      /"timeoutMs" must be more than 0.*got 0/,
    ],
    [
      'a table that is an ARN',
      () => createRouter({ table: 'arn:aws:dynamodb:x:1:table/Shop' }),
      /an ARN is not a name/,
    ],
    [
      'a version attribute without a name',
      () => createRouter({ versionAttribute: '' }),
      /"versionAttribute" must be the name/,
    ],
    ['an empty list of tables', () => createRouter({ table: [] }), /"table" must be/],
    ['an unknown view', () => createRouter({ view: 'ALL' as never }), /"view" must be one of KEYS_ONLY/],
    ['a schema that is none', () => entity('Order', { schema: {} as never }), /not a Standard Schema/],
    ['an entity without a name', () => entity(''), /the name is empty/],
    ['a middleware that is none', () => createRouter().use('x' as never), /expected a function/],
    [
      'a queue that is an ARN',
      () => sqsDeadLetters({ queueUrl: 'orders-dlq' }),
      /must be the URL of a queue/,
    ],
    [
      'a message limit above that of SQS',
      () => sqsDeadLetters({ maxMessageBytes: 2_000_000 }),
      /from 1024 to 1048576/,
    ],
    ['a ledger without a table', () => dynamoDBLedger({ tableName: '' }), /must be the name of a table/],
    [
      'a ledger that forgets within 24 hours',
      () => dynamoDBLedger({ tableName: 'L', expiresAfterSeconds: 3_600 }),
      /above 86400/,
    ],
  ];

  it.each(routeCases)('%s', (_, declare, message) => {
    expect(declare).toThrow(InvalidOptionError);
    expect(declare).toThrow(message);
  });
});

describe('the environment', () => {
  const off = { ledger: 'off', deadLetters: 'off' } as const;

  it('on Lambda a missing variable throws at init, naming it and the remedy', () => {
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'orders');
    expect(() => createHandler(one(), { deadLetters: 'off' })).toThrow(MissingEnvironmentError);
    expect(() => createHandler(one(), { deadLetters: 'off' })).toThrow(
      /SPILLWAY_LEDGER_TABLE.*dynamoDBLedger/,
    );
    expect(() => createHandler(one(), { ledger: 'off' })).toThrow(/SPILLWAY_DLQ_URL.*sqsDeadLetters/);
    expect(() => dynamoDBLedger()).toThrow(MissingEnvironmentError);
    expect(() => sqsDeadLetters()).toThrow(MissingEnvironmentError);
  });

  it('elsewhere a handler can be made and its routes read without any', async () => {
    const handler = createHandler(one(), {
      ledger: dynamoDBLedger(),
      deadLetters: sqsDeadLetters(),
      log: 'off',
    });
    expect(handler.routes.map(({ name }) => name)).toEqual(['one']);
    const response = await handler(streamEvent(insertRecord({ id: 'a' })), lambdaContext());
    expect(response.batchItemFailures).toHaveLength(1);
  });

  it('names the consumer by option, then SPILLWAY_CONSUMER, then the function', async () => {
    const consumers: string[] = [];
    const run = async (options: object) => {
      const observers = [{ onRecord: ({ consumer }: { consumer: string }) => consumers.push(consumer) }];
      const handler = createHandler(one(), { ...off, observers, ...options });
      await handler(streamEvent(insertRecord({ id: 'a' })), lambdaContext({ functionName: 'function' }));
    };
    await run({});
    vi.stubEnv('SPILLWAY_CONSUMER', 'environment');
    await run({});
    await run({ consumer: 'option' });
    expect(consumers).toEqual(['function', 'environment', 'option']);
  });
});

describe('handler.routes', () => {
  it('describes the routes as plain data', () => {
    const Order = entity('Order', { where: { pk: startsWith('ORDER#'), sk: 'SUMMARY' } });
    const router = createRouter({ table: 'Shop' })
      .onModify('tell', Order, nothing, { changed: ['status'], timeoutMs: 500 })
      .onRemove('close', anyItem(), nothing, { expired: true, when: () => true });
    const { routes } = createHandler(router);
    expect(structuredClone(routes)).toEqual([
      {
        name: 'tell',
        eventNames: ['MODIFY'],
        entity: 'Order',
        where: { pk: { match: 'startsWith', prefix: 'ORDER#' }, sk: 'SUMMARY' },
        tables: ['Shop'],
        view: 'NEW_AND_OLD_IMAGES',
        hasSchema: false,
        options: { changed: ['status'], timeoutMs: 500, when: false },
      },
      {
        name: 'close',
        eventNames: ['REMOVE'],
        entity: 'any item',
        where: {},
        tables: ['Shop'],
        view: 'NEW_AND_OLD_IMAGES',
        hasSchema: false,
        options: { expired: true, when: true },
      },
    ]);
  });

  it('names the version attribute, if the router does', () => {
    const router = createRouter({ versionAttribute: 'version' }).onInsert('one', anyItem(), nothing);
    expect(createHandler(router).routes).toMatchObject([{ versionAttribute: 'version' }]);
  });
});

describe('the testing kit', () => {
  it('tests a handler in three lines without any server', async () => {
    const deadLetters = memoryDeadLetters();
    const handler = createHandler(one(), { ledger: memoryLedger(), deadLetters });
    expect(await handler(streamEvent(insertRecord({ id: 'a' })), lambdaContext())).toEqual({
      batchItemFailures: [],
    });
  });

  it('fills in the literals of an entity, and refuses an item that is none of it', () => {
    const Order = entity('Order', { where: { pk: startsWith('ORDER#'), sk: 'SUMMARY' } });
    expect(insertRecord({ pk: 'ORDER#1' }, { entity: Order }).dynamodb?.Keys).toEqual({
      pk: { S: 'ORDER#1' },
      sk: { S: 'SUMMARY' },
    });
    expect(() => insertRecord({ pk: 'CART#1' }, { entity: Order })).toThrow(/not of entity "Order".*"pk"/);
    expect(() => insertRecord({ name: 'x' })).toThrow(/no key attribute/);
  });
});
