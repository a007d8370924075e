import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHandlerIn } from '../../src/create-handler.ts';
import { decodeLetter } from '../../src/dead-letter/decode-letter.ts';
import { encodeLetter } from '../../src/dead-letter/encode-letter.ts';
import type { Letter } from '../../src/dead-letter/letter.ts';
import { letterAttributes } from '../../src/dead-letter/letter.ts';
import { SchemaError } from '../../src/errors.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import type { RawRecord } from '../../src/stream/record.ts';
import { insertRecord, lambdaContext, memoryDeadLetters, streamEvent } from '../../src/testing/index.ts';
import { instantRuntime } from '../instant-runtime.ts';
import { acceptedBySqs, letterFor } from './letters.ts';

const largestMessage = 1_048_576;
const raw = insertRecord({ id: 'a' });

/** The letter of a record whose handler throws this, as it is read from the queue. */
async function letterOf(thrown: unknown, record: RawRecord = raw): Promise<Letter> {
  const deadLetters = memoryDeadLetters();
  const router = createRouter().onInsert('odd', anyItem(), () => {
    throw thrown;
  });
  const handler = createHandlerIn(instantRuntime(), router, { ledger: 'off', deadLetters, log: 'off' });
  expect(await handler(streamEvent(record), lambdaContext())).toEqual({ batchItemFailures: [] });
  const [letter, ...others] = deadLetters.letters;
  if (letter === undefined || others.length > 0) throw new Error('there is not one letter');
  const encoded = await encodeLetter(letter, largestMessage, undefined);
  expect(encoded.body).toMatch(acceptedBySqs);
  return decodeLetter(encoded.body);
}

const throwing = (): never => {
  throw new Error('a trap');
};
const trap = { get: throwing, getPrototypeOf: throwing, has: throwing, ownKeys: throwing };
const withGetters = Object.defineProperties(new Error('x'), {
  name: { get: throwing },
  message: { get: throwing },
  stack: { get: throwing },
  cause: { get: throwing },
});
const circular = new Error('round');
circular.cause = new Error('and round', { cause: circular });

describe('whatever a handler throws', () => {
  it.each([
    ['undefined', undefined, { name: 'Error', message: 'undefined thrown: undefined' }],
    ['null', null, { name: 'Error', message: 'object thrown: null' }],
    ['a text', 'out of stock', { name: 'Error', message: 'string thrown: out of stock' }],
    ['an empty text', '', { name: 'Error', message: 'string thrown: ' }],
    ['a number', 42, { name: 'Error', message: 'number thrown: 42' }],
    ['a bigint', 42n, { name: 'Error', message: 'bigint thrown: 42' }],
    ['a symbol', Symbol('odd'), { name: 'Error', message: 'symbol thrown: Symbol(odd)' }],
    [
      'an object without a message',
      { code: 7 },
      { name: 'Error', message: 'an object without a message was thrown' },
    ],
    [
      'an object without a prototype',
      Object.create(null),
      { message: 'an object without a message was thrown' },
    ],
    ['an object like an error', { name: 'Odd', message: 'so' }, { name: 'Odd', message: 'so', stack: '' }],
    [
      'a message that is no text',
      { message: { text: 'x' } },
      { message: 'an object without a message was thrown' },
    ],
    ['a function', () => 1, { stack: '' }],
    ['an error with getters that throw', withGetters, { name: 'Error' }],
    ['a proxy that throws at every touch', new Proxy({}, trap), { name: 'Error' }],
    ['a proxy of an error', new Proxy(new Error('x'), trap), { name: 'Error' }],
    ['an error whose causes run in a circle', circular, { name: 'Error', message: 'round' }],
    ['an error without a name', Object.assign(new Error('x'), { name: '' }), { message: 'x' }],
    [
      'a text that JSON cannot hold as it is',
      new Error('\uD800 \uFFFF \u0000 "'),
      { message: '\uD800 \uFFFF \u0000 "' },
    ],
    [
      'several errors in one',
      new AggregateError([new Error('a')], 'both'),
      { name: 'AggregateError', message: 'both' },
    ],
  ] as const)('Promise 6: %s makes an intact letter', async (_, thrown, error) => {
    const letter = await letterOf(thrown);
    expect(letter).toMatchObject({
      spillway: 1,
      route: 'odd',
      reason: 'exhausted',
      attempts: 3,
      record: raw,
    });
    expect(letter.error).toMatchObject(error);
    expect([letter.error.name, letter.error.message, letter.error.stack].map((text) => typeof text)).toEqual([
      'string',
      'string',
      'string',
    ]);
    expect(letter.error.issues).toEqual([]);
  });

  it('Promise 6: makes a letter that the queue takes, however large the error is', async () => {
    const error = Object.assign(new Error('€'.repeat(5_000_000)), { name: 'N'.repeat(100_000) });
    const letter = await letterOf(error);
    expect(letter.error.message).toMatch(/^€{16384} \.\.\. \(5000000 characters\)$/);
    expect(letter.error.name.length).toBeLessThan(20_000);
    expect(letter.record).toEqual(raw);
  });

  it('Promise 6: makes a letter of at most a hundred of the issues of a schema', async () => {
    const issues = Array.from({ length: 500 }, (_, index) => ({
      path: `newImage.${index}`,
      message: 'wrong',
    }));
    const letter = await letterOf(new SchemaError('500 issues', issues));
    expect(letter.error.issues).toEqual(issues.slice(0, 100));
  });

  it('Promise 6: makes a letter that the queue takes, however large the issues of a schema are', async () => {
    const issues = Array.from({ length: 100 }, () => ({
      path: 'newImage.list',
      message: 'wrong '.repeat(5_000),
    }));
    const letter = await letterOf(new SchemaError('100 issues', issues));
    expect(letter.error.issues.length).toBeGreaterThan(0);
    expect(letter.record).toEqual(raw);
  });

  it.each([
    ['no list', undefined],
    ['a list of nothing', [null, undefined]],
    ['issues without texts', [{ path: undefined, message: 7 }]],
  ])('Promise 6: makes an intact letter where the issues of a schema are %s', async (_, issues) => {
    const letter = await letterOf(new SchemaError('refused', issues as never));
    expect(letter).toMatchObject({ reason: 'schema', record: raw, error: { message: 'refused' } });
  });

  it('Promise 6: makes an intact letter, whatever it is', async () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withNullPrototype: true,
      withMap: true,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          anything,
          fc.string().map((message) => new Error(message)),
        ),
        async (thrown) => {
          const letter = await letterOf(thrown);
          expect(letter.record).toEqual(raw);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('whatever is odd in a record that cannot be read', () => {
  it.each([
    ['an event name with a control character', { eventName: 'INS\u0001ERT' }],
    ['an event name with U+FFFF', { eventName: '\uFFFF' }],
    ['an event name of two million characters', { eventName: 'X'.repeat(2_000_000) }],
    [
      'a table with a control character',
      { eventName: 'X', eventSourceARN: 'arn:aws:dynamodb:r:1:table/a\u0001b/stream/l' },
    ],
  ])('Promise 6: %s leaves the attributes fit for the queue', (_, odd) => {
    const letter = letterFor({ ...raw, ...odd } as RawRecord, { route: null, reason: 'unreadable' });
    const attributes = letterAttributes(letter);
    for (const value of Object.values(attributes)) {
      expect(value).toMatch(acceptedBySqs);
      expect(value.length).toBeLessThanOrEqual(1_024);
    }
    expect(attributes).toMatchObject({ consumer: 'orders', reason: 'unreadable' });
  });

  it('Promise 3: a route whose name no queue takes is refused, or its letters have attributes that fit', () => {
    let name = 'tell\u0001customer';
    try {
      createRouter().onInsert(name, anyItem(), () => undefined);
    } catch {
      name = 'tell-customer';
    }
    for (const value of Object.values(letterAttributes(letterFor(raw, { route: name }))))
      expect(value).toMatch(acceptedBySqs);
  });
});
