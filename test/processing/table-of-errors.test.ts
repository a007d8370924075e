import { describe, expect, it } from 'vitest';
import {
  ConditionalCheckFailedException,
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { createHandlerIn } from '../../src/create-handler.ts';
import { PermanentError, TransientError } from '../../src/errors.ts';
import type { HandlerOptions } from '../../src/handler-options.ts';
import type { Verdict } from '../../src/processing/verdict.ts';
import { verdictOn } from '../../src/processing/verdict.ts';
import { anyItem } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import type { RouteContext } from '../../src/routing/route.ts';
import {
  insertRecord,
  lambdaContext,
  memoryDeadLetters,
  memoryLedger,
  streamEvent,
} from '../../src/testing/index.ts';
import { alteredLedger } from '../altered-ledger.ts';
import { instantRuntime } from '../instant-runtime.ts';

const metadata = { $metadata: { httpStatusCode: 400 } };
const withCause = (cause: unknown) => new Error('wrapped', { cause });
const withCode = (code: string) => Object.assign(new Error('network'), { code });
const cancelled = (...codes: readonly string[]) =>
  new TransactionCanceledException({
    ...metadata,
    message: '',
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

const circular = new Error('circle');
circular.cause = circular;

const cases: readonly (readonly [string, unknown, Verdict])[] = [
  ['PermanentError', new PermanentError('x'), 'permanent'],
  ['PermanentError as a cause', withCause(new PermanentError('x')), 'permanent'],
  ['TransientError', new TransientError('x'), 'transient'],
  [
    'throttling of DynamoDB',
    new ProvisionedThroughputExceededException({ ...metadata, message: '' }),
    'transient',
  ],
  [
    'throttling as a cause of a cause',
    withCause(withCause({ name: 'ThrottlingException', ...metadata })),
    'transient',
  ],
  ['an error of the SDK marked $retryable', { name: 'X', $retryable: {}, ...metadata }, 'transient'],
  ['HTTP 503', { name: 'X', $metadata: { httpStatusCode: 503 } }, 'transient'],
  [
    'HTTP 500',
    { name: 'InternalServerError', $fault: 'server', $metadata: { httpStatusCode: 500 } },
    'transient',
  ],
  ['HTTP 429', { name: 'X', $fault: 'client', $metadata: { httpStatusCode: 429 } }, 'transient'],
  ['a server fault', { name: 'X', $fault: 'server' }, 'transient'],
  ['a refused connection', withCode('ECONNREFUSED'), 'transient'],
  [
    'a failed fetch',
    new TypeError('fetch failed', { cause: withCode('UND_ERR_CONNECT_TIMEOUT') }),
    'transient',
  ],
  ['a DNS that does not answer', withCode('EAI_AGAIN'), 'transient'],
  ['AbortSignal.timeout', new DOMException('x', 'TimeoutError'), 'transient'],
  ['a transaction in conflict', cancelled('None', 'TransactionConflict'), 'transient'],
  ['a transaction whose condition failed', cancelled('None', 'ConditionalCheckFailed'), 'unexpected'],
  [
    'a transaction in conflict whose condition failed too, in the middle of the other one',
    cancelled('TransactionConflict', 'ConditionalCheckFailed'),
    'transient',
  ],
  [
    'a condition that failed',
    new ConditionalCheckFailedException({ ...metadata, message: '' }),
    'unexpected',
  ],
  [
    'access denied',
    { name: 'AccessDeniedException', $fault: 'client', $metadata: { httpStatusCode: 403 } },
    'unexpected',
  ],
  ['a TypeError', new TypeError('x is not a function'), 'unexpected'],
  ['a code that is no network', withCode('ENOENT'), 'unexpected'],
  ['undefined', undefined, 'unexpected'],
  ['null', null, 'unexpected'],
  ['a string', 'ECONNREFUSED', 'unexpected'],
  ['a circle of causes', circular, 'unexpected'],
  ['a proxy that throws', new Proxy({}, { get: fail, getPrototypeOf: fail }), 'unexpected'],
];

function fail(): never {
  throw new Error('trap');
}

describe('what an error is', () => {
  it.each(cases)('takes %s', (_, error, verdict) => {
    expect(verdictOn(error, undefined)).toBe(verdict);
  });

  it('asks the user first, and passes over an answer that is none', () => {
    expect(verdictOn(new Error('x'), () => 'transient')).toBe('transient');
    expect(verdictOn(new TransientError('x'), () => 'permanent')).toBe('permanent');
    expect(verdictOn(new TransientError('x'), () => undefined)).toBe('transient');
    expect(verdictOn(new TransientError('x'), () => 'nonsense' as Verdict)).toBe('transient');
    expect(verdictOn(new TransientError('x'), fail)).toBe('transient');
  });
});

async function run(handle: (context: RouteContext) => unknown, options: HandlerOptions = {}) {
  const outcomes: string[] = [];
  const deadLetters = memoryDeadLetters();
  const attempts: number[] = [];
  const router = createRouter().onInsert('route', anyItem(), (_, context) => {
    attempts.push(context.attempt);
    return handle(context);
  });
  const handler = createHandlerIn(instantRuntime(), router, {
    ledger: memoryLedger(),
    deadLetters,
    log: 'off',
    observers: [{ onRecord: ({ outcome }) => outcomes.push(outcome) }],
    ...options,
  });
  const event = streamEvent(insertRecord({ pk: 'A', sk: 'x' }));
  const response = await handler(event, lambdaContext({ remainingMs: 10_000 }));
  return { outcome: outcomes.join(), attempts, letters: deadLetters.letters, response };
}

describe('what becomes of an error', () => {
  it('a permanent one is a letter at once', async () => {
    const { outcome, attempts, letters } = await run(() => {
      throw new PermanentError('never');
    });
    expect({ outcome, attempts }).toEqual({ outcome: 'dead-lettered', attempts: [1] });
    expect(letters).toMatchObject([{ reason: 'permanent', attempts: 1, error: { message: 'never' } }]);
  });

  it('an unexpected one is tried retry.attempts times and then a letter', async () => {
    const { outcome, attempts, letters } = await run(
      () => {
        throw new Error('again');
      },
      { retry: { attempts: 5 } },
    );
    expect({ outcome, attempts }).toEqual({ outcome: 'dead-lettered', attempts: [1, 2, 3, 4, 5] });
    expect(letters).toMatchObject([{ reason: 'exhausted', attempts: 5 }]);
  });

  it('a transient one is tried while there is time, fails, and is never a letter', async () => {
    const { outcome, attempts, letters, response } = await run(() => {
      throw new TransientError('later');
    });
    expect(outcome).toBe('failed');
    expect(attempts.length).toBeGreaterThan(5);
    expect(letters).toEqual([]);
    expect(response.batchItemFailures).toHaveLength(1);
  });

  it('a transient one that passes is handled', async () => {
    const { outcome, attempts } = await run(({ attempt }) => {
      if (attempt < 3) throw new TransientError('later');
    });
    expect({ outcome, attempts }).toEqual({ outcome: 'handled', attempts: [1, 2, 3] });
  });

  it.each([
    ['undefined', () => undefined],
    ['a string', () => 'oops'],
    ['an object without a message', () => ({ no: 'message' })],
    ['a symbol', () => Symbol('odd')],
    ['a circle of causes', () => circular],
    ['a proxy that throws', () => new Proxy({}, { get: fail, getPrototypeOf: fail })],
  ])('throwing %s is the fault of its record, and the letter is whole', async (_, thrown) => {
    const { outcome, letters, response } = await run(() => {
      throw thrown() as Error;
    });
    expect(outcome).toBe('dead-lettered');
    expect(response.batchItemFailures).toEqual([]);
    expect(letters).toHaveLength(1);
    expect(JSON.parse(JSON.stringify(letters[0]))).toMatchObject({
      spillway: 1,
      reason: 'exhausted',
      error: { name: expect.any(String) as string, message: expect.any(String) as string },
    });
  });

  it('a ledger that does not answer fails the record, and the handler is not run', async () => {
    const ledger = alteredLedger({ take: () => Promise.reject(withCode('ECONNREFUSED')) });
    const { outcome, attempts } = await run(() => undefined, { ledger });
    expect({ outcome, attempts }).toEqual({ outcome: 'failed', attempts: [] });
  });
});
