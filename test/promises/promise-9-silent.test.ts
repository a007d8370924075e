import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHandlerIn } from '../../src/create-handler.ts';
import { PermanentError, TransientError } from '../../src/errors.ts';
import { anyItem, entity } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import { startsWith } from '../../src/routing/where.ts';
import { insertRecord, lambdaContext, memoryLedger, streamEvent } from '../../src/testing/index.ts';
import { instantRuntime } from '../instant-runtime.ts';

const secret = 'hunter2';
const causes: readonly (() => never)[] = [
  () => {
    throw new PermanentError(`the password is ${secret}`);
  },
  () => {
    throw new TransientError(`line one\n    at ${secret} (file:///${secret}.ts:1:1)`);
  },
  () => {
    throw new Error(secret, { cause: new Error(`because ${secret}`) });
  },
  () => {
    throw Object.assign(new Error('named'), { name: `Error of ${secret}`, code: secret });
  },
  () => {
    throw secret as unknown as Error;
  },
  () => {
    const error = new Error('x');
    error.stack = `${secret}\n    at ${secret} (/x/${secret}.ts:1:1)`;
    throw error;
  },
];

describe('Promise 9: silent about data', () => {
  it('Promise 9: the log names places and never a value, whatever goes wrong', async () => {
    const lines: string[] = [];
    const Strict = entity('Strict', {
      where: { pk: startsWith(`${secret}-schema`) },
      schema: z.object({ pk: z.string(), password: z.literal('other') }),
    });
    let turn = 0;
    const router = createRouter()
      .onInsert('schema', Strict, () => undefined)
      .onInsert('throws', anyItem(), () => causes[turn++ % causes.length]?.());
    const handler = createHandlerIn(instantRuntime(), router, {
      consumer: 'test',
      ledger: memoryLedger(),
      deadLetters: { send: () => Promise.reject(new Error(`cannot keep ${secret}`)) },
      retry: { attempts: 1 },
      concurrency: 1,
      log: (line) => lines.push(line),
    });
    const bad = insertRecord({ pk: `${secret}-number`, sk: 'x', password: secret });
    const records = [
      insertRecord({ pk: `${secret}-schema`, sk: 'x', password: secret }),
      ...causes.map((_, index) => insertRecord({ pk: `${secret}-${index}`, sk: 'x', password: secret })),
      { ...bad, dynamodb: { ...bad.dynamodb, NewImage: { pk: { N: secret } } } },
    ];
    await handler(streamEvent(...records), lambdaContext());
    expect(lines.length).toBeGreaterThan(causes.length);
    expect(lines.join('\n')).not.toContain(secret);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ consumer: 'test' });
  });

  it('a failure is told with route, table, event id, sequence number, class and place of the error', async () => {
    const lines: string[] = [];
    const router = createRouter().onInsert('breaks', anyItem(), () => {
      throw new TypeError('x is not a function');
    });
    const handler = createHandlerIn(instantRuntime(), router, {
      consumer: 'test',
      ledger: 'off',
      deadLetters: 'off',
      log: (line) => lines.push(line),
    });
    const record = insertRecord({ pk: 'A', sk: 'x' });
    await handler(streamEvent(record), lambdaContext());
    const [failure, batch] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(failure).toMatchObject({
      level: 'ERROR',
      consumer: 'test',
      route: 'breaks',
      outcome: 'failed',
      table: 'Shop',
      eventName: 'INSERT',
      eventId: record.eventID,
      sequenceNumber: record.dynamodb?.SequenceNumber,
      attempts: 3,
      error: { name: 'DeadLetterError', code: 'DEAD_LETTER_NOT_SENT' },
      cause: { name: 'TypeError', at: expect.stringContaining('promise-9-silent.test.ts:') as string },
    });
    expect(batch).toMatchObject({
      records: 1,
      counts: { failed: 1 },
      checkpoint: record.dynamodb?.SequenceNumber,
    });
  });

  it('nothing is logged of a batch without failures', async () => {
    const lines: string[] = [];
    const router = createRouter().onInsert('fine', anyItem(), () => undefined);
    const handler = createHandlerIn(instantRuntime(), router, {
      ledger: 'off',
      deadLetters: 'off',
      log: (line) => lines.push(line),
    });
    await handler(streamEvent(insertRecord({ pk: 'A', sk: 'x' })), lambdaContext());
    expect(lines).toEqual([]);
  });
});
