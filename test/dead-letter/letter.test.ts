import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHandlerIn } from '../../src/create-handler.ts';
import type { Letter } from '../../src/dead-letter/letter.ts';
import { letterAttributes } from '../../src/dead-letter/letter.ts';
import { PermanentError } from '../../src/errors.ts';
import type { HandlerOptions } from '../../src/handler-options.ts';
import { entity } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import type { RawRecord } from '../../src/stream/record.ts';
import { insertRecord, lambdaContext, memoryDeadLetters, streamEvent } from '../../src/testing/index.ts';
import { instantRuntime } from '../instant-runtime.ts';

const Order = entity('Order', { schema: z.object({ id: z.string(), total: z.number() }) });
const record = (overrides: object = {}) =>
  insertRecord(
    { id: 'ORDER#1', total: 5, photo: new Uint8Array([0, 255]) },
    {
      eventId: 'c9fbe7d0261a5163fcb6940593e41797',
      sequenceNumber: '4421584500000000017450439091',
      ...overrides,
    },
  );

/** The SHA-256 of "spillway#orders#tell-customer#<ARN of the stream>#<event id>": letters lie in queues for days. */
const pinnedId = '81376647f729577086c3cff9ef48577a2a4608a729e09cf2cacb40c92f6d1906';

interface Staging extends HandlerOptions {
  readonly routes?: readonly string[];
  readonly functionName?: string;
  readonly fail?: (attempt: number) => unknown;
}

/** The letters that a handler writes for these records. */
async function lettersFor(records: readonly RawRecord[], staging: Staging = {}) {
  const { routes = ['tell-customer'], functionName = 'orders-consumer', fail, ...options } = staging;
  const deadLetters = memoryDeadLetters();
  const router = createRouter();
  for (const name of routes)
    router.onInsert(name, Order, (_, { attempt }) => {
      throw fail === undefined ? new TypeError('the mail server said no') : fail(attempt);
    });
  const runtime = instantRuntime();
  const handler = createHandlerIn(runtime, router, {
    ledger: 'off',
    consumer: 'orders',
    log: 'off',
    deadLetters,
    ...options,
  });
  const context = lambdaContext({ functionName });
  expect(await handler(streamEvent(...records), context)).toEqual({ batchItemFailures: [] });
  return { letters: deadLetters.letters, context, runtime };
}

const only = (letters: readonly Letter[]): Letter => {
  const [letter] = letters;
  if (letter === undefined || letters.length > 1) throw new Error(`there are ${letters.length} letters`);
  return letter;
};

describe('a letter of version 1', () => {
  it('has the fields of the contract and no others', async () => {
    const raw = record();
    const { letters, context, runtime } = await lettersFor([raw]);
    const letter = only(letters);
    expect(letter).toEqual({
      spillway: 1,
      id: pinnedId,
      consumer: 'orders',
      route: 'tell-customer',
      reason: 'exhausted',
      error: {
        name: 'TypeError',
        message: 'the mail server said no',
        stack: expect.stringMatching(/^TypeError: the mail server said no\n {4}at /) as string,
        issues: [],
      },
      attempts: 3,
      record: JSON.parse(JSON.stringify(raw)) as unknown,
      failedAt: new Date(runtime.now()).toISOString(),
      functionName: 'orders-consumer',
      requestId: context.awsRequestId,
    });
    expect(letter.failedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(Object.keys(letter)).toEqual([
      'spillway',
      'id',
      'consumer',
      'route',
      'reason',
      'error',
      'attempts',
      'record',
      'failedAt',
      'functionName',
      'requestId',
    ]);
    expect(JSON.parse(JSON.stringify(letter))).toEqual(letter);
  });

  it('holds the record as it came, with what nobody knows of too', async () => {
    const raw = { ...record(), somethingNew: { list: [1, 'x', null] } };
    expect(only((await lettersFor([raw])).letters).record).toEqual(raw);
  });

  it('has the bytes of a Streams API record as Lambda would write them', async () => {
    const raw = record();
    const fromStreamsApi = {
      ...raw,
      dynamodb: {
        ...raw.dynamodb,
        ApproximateCreationDateTime: new Date('2026-01-01T00:00:00Z'),
        NewImage: { id: { S: 'ORDER#1' }, photo: { B: new Uint8Array([0, 255]) } },
      },
    } as unknown as RawRecord;
    expect(only((await lettersFor([fromStreamsApi])).letters).record.dynamodb).toMatchObject({
      ApproximateCreationDateTime: 1_767_225_600,
      NewImage: { photo: { B: 'AP8=' } },
    });
  });

  it('gives "permanent" as the reason of a PermanentError, wherever it stands in the chain of causes', async () => {
    for (const error of [
      new PermanentError('never'),
      new Error('x', { cause: new PermanentError('never') }),
    ]) {
      const { letters } = await lettersFor([record()], { fail: () => error });
      expect(only(letters)).toMatchObject({ reason: 'permanent', attempts: 1, route: 'tell-customer' });
    }
  });

  it('gives "unreadable" as the reason of a record that cannot be read, and has no route', async () => {
    const { letters } = await lettersFor([{ ...record(), eventName: 'UPSERT' as never }]);
    expect(only(letters)).toMatchObject({
      reason: 'unreadable',
      route: null,
      attempts: 1,
      error: { name: 'UnreadableRecordError', issues: [] },
    });
  });

  it('Promise 6: gives "schema" as the reason where the schema refused, and says what and where', async () => {
    const { letters } = await lettersFor([insertRecord({ id: 'ORDER#1', total: 'five' })]);
    expect(only(letters)).toMatchObject({
      reason: 'schema',
      route: 'tell-customer',
      attempts: 1,
      error: { name: 'SchemaError', issues: [{ path: 'newImage.total' }] },
    });
    expect(only(letters).error.issues[0]?.message).not.toBe('');
    expect(only(letters).error.message).not.toContain('five');
  });

  it('counts the attempts of the route that gave up, and tells of the last error', async () => {
    const { letters } = await lettersFor([record()], {
      retry: { attempts: 5 },
      fail: (attempt) => new Error(`attempt ${attempt}`),
    });
    expect(only(letters)).toMatchObject({ attempts: 5, error: { message: 'attempt 5' } });
  });
});

describe("a letter's id", () => {
  const idOf = async (records: readonly RawRecord[], staging?: Staging) =>
    only((await lettersFor(records, staging)).letters).id;

  it('is 64 hex digits that are the same for ever', async () => {
    expect(await idOf([record()])).toBe(pinnedId);
  });

  it('Promise 4: is the same when the letter is written again, by another function of the consumer too', async () => {
    const first = await idOf([record()]);
    expect(await idOf([record()])).toBe(first);
    expect(await idOf([record()], { functionName: 'orders-consumer-v2' })).toBe(first);
    expect(await idOf([record()], { fail: () => new PermanentError('another reason') })).toBe(first);
  });

  it('is another one for another route, consumer, event or table', async () => {
    const { letters } = await lettersFor([record()], { routes: ['tell-customer', 'tell-shop'] });
    const ids = [
      ...letters.map(({ id }) => id),
      await idOf([record()], { consumer: 'customers' }),
      await idOf([record({ eventId: 'another' })]),
      await idOf([record({ table: 'Archive' })]),
      await idOf([{ ...record(), eventName: 'UPSERT' as never }]),
    ];
    expect(new Set(ids).size).toBe(6);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("a message's attributes", () => {
  it('are consumer, route, table, eventName, reason and errorName', async () => {
    const { letters } = await lettersFor([record()]);
    expect(letterAttributes(only(letters))).toEqual({
      consumer: 'orders',
      route: 'tell-customer',
      table: 'Shop',
      eventName: 'INSERT',
      reason: 'exhausted',
      errorName: 'TypeError',
    });
  });

  it('leave out what is not known, for SQS takes no empty ones', async () => {
    const unknown = { ...record(), eventName: undefined, eventSourceARN: 'arn:aws:kinesis' } as never;
    const { letters } = await lettersFor([unknown]);
    expect(letterAttributes(only(letters))).toEqual({
      consumer: 'orders',
      reason: 'unreadable',
      errorName: 'UnreadableRecordError',
    });
  });

  it('Promise 9: name the error only where its name looks like one', async () => {
    const named = Object.assign(new Error('x'), { name: 'card 4242 4242 4242 4242 refused' });
    const { letters } = await lettersFor([record()], { fail: () => named });
    expect(letterAttributes(only(letters))['errorName']).toBe('Error');
  });
});
