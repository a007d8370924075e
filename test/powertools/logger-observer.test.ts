import { Logger } from '@aws-lambda-powertools/logger';
import { describe, expect, it } from 'vitest';
import { anyItem, createRouter, PermanentError, TransientError } from '../../src/index.ts';
import type { Observer } from '../../src/index.ts';
import { loggerObserver } from '../../src/powertools/index.ts';
import { failureLog } from '../../src/reporting/failure-log.ts';
import { insertRecord, memoryDeadLetters } from '../../src/testing/index.ts';
import { breath, linesOf, stage } from './stage.ts';

const secret = 'hunter2';

const router = () =>
  createRouter()
    .onInsert('refuse', anyItem(), () => {
      throw new PermanentError(`the password is ${secret}`, { cause: new Error(`because ${secret}`) });
    })
    .onInsert('wait', anyItem(), () => {
      throw new TransientError(secret);
    });

const record = () => insertRecord({ pk: `${secret}-key`, sk: 'x', password: secret });
const logger = () => new Logger({ serviceName: 'shop', logLevel: 'DEBUG' });

async function logged(make: () => Observer) {
  const lines = await linesOf(async () => {
    await stage(router(), [make()], { deadLetters: memoryDeadLetters() }).deliver(record());
    await breath();
  });
  return {
    text: lines.join('\n'),
    entries: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

describe('loggerObserver', () => {
  it('logs what the log of Spillway has, at its levels and under its names, and the fields of the Logger', async () => {
    const own: Record<string, unknown>[] = [];
    const both = () => [
      loggerObserver(logger()),
      failureLog((line) => own.push(JSON.parse(line) as Record<string, unknown>)),
    ];
    const lines = await linesOf(() => stage(router(), both()).deliver(record()));
    const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(own).toHaveLength(3);
    expect(entries).toMatchObject(own);
    expect(entries.map(({ level, service }) => [level, service])).toEqual([
      ['WARN', 'shop'],
      ['ERROR', 'shop'],
      ['ERROR', 'shop'],
    ]);
  });

  it('Promise 9: logs neither values nor the words of handlers', async () => {
    const { text, entries } = await logged(() => loggerObserver(logger()));
    expect(text).not.toContain(secret);
    expect(entries[0]).toMatchObject({
      message: 'spillway: record dead-lettered',
      consumer: 'orders',
      route: 'refuse',
      table: 'Shop',
      error: { name: 'PermanentError', code: 'PERMANENT' },
    });
  });

  it('logs the words of handlers where an option asks for it, with the failure they are of', async () => {
    const { entries } = await logged(() => loggerObserver(logger(), { errorMessages: true }));
    expect(entries).toMatchObject([
      { route: 'refuse', thrown: { name: 'PermanentError', message: `the password is ${secret}` } },
      { route: 'wait', thrown: { name: 'TransientError', message: secret } },
      { message: 'spillway: batch not settled, Lambda delivers again from the checkpoint' },
    ]);
  });

  it('says nothing of a batch in which all went well', async () => {
    const quiet = createRouter().onInsert('fine', anyItem(), () => undefined);
    const lines = await linesOf(() =>
      stage(quiet, [loggerObserver(logger(), { errorMessages: true })]).deliver(record()),
    );
    expect(lines).toEqual([]);
  });
});
