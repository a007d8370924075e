import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import { insertRecord } from '../../../src/testing/index.ts';
import { letterFor } from '../../dead-letter/letters.ts';
import { makeQueue, sqsClient, takeMessages } from '../../dead-letter/queues.ts';
import { runDlq, startDlq } from './dlq-session.ts';
import { sendLetters } from './filled-queue.ts';

let stack: LocalStack;
let sqs: SQSClient;
beforeAll(async () => {
  stack = await startLocalStack();
  sqs = sqsClient(stack);
});
afterAll(async () => {
  sqs.destroy();
  await stack.stop();
});

const handler = `${import.meta.dirname}/handlers/orders.ts`;
const letters = Array.from({ length: 30 }, (_, n) =>
  letterFor(insertRecord({ pk: `item-${n}` }, { sequenceNumber: `1000000000000000000${n + 10}` })),
);
const failing = (code: string) => () => Object.assign(new Error(`write ${code}`), { code });

describe('a command whose output nobody takes', () => {
  it('finishes what runs, gives the rest back and has the status 1', async () => {
    const url = await makeQueue(sqs, 'epipe');
    await sendLetters(sqs, url, ...letters);
    const args = ['replay', '--queue', url, '--handler', handler, '--if-stale', 'run', '--json'];
    const run = await runDlq([...args, '--concurrency', '1'], { stack, take: failing('EPIPE') });
    expect(run.status()).toBe(1);
    expect(run.told()).toMatch(/\d+ of 30 messages settled in .*, \d+ left/);
    expect(run.told()).toContain('It was interrupted: what ran was finished, the rest given back.');
    expect((await takeMessages(sqs, url)).length).toBeGreaterThan(0);
  });

  it.each([
    ['list', []],
    ['show', ['--json']],
    ['drop', ['--all', '--no-backup', '--yes']],
  ])('does not die of it: %s', async (name, args) => {
    const url = await makeQueue(sqs, `epipe-${name}`);
    await sendLetters(sqs, url, ...letters.slice(0, 1));
    const id = name === 'show' ? [letters[0]?.id ?? ''] : [];
    const run = await runDlq([name, '--queue', url, ...id, ...args], { stack, take: failing('EPIPE') });
    expect(run.status()).toBe(1);
    expect(run.told()).not.toContain('EPIPE');
  });

  it('says what is wrong where it is not the reader who has gone', async () => {
    const url = await makeQueue(sqs, 'enospc');
    await sendLetters(sqs, url, ...letters.slice(0, 1));
    const run = await runDlq(['export', '--queue', url, '--to', '-'], { stack, take: failing('ENOSPC') });
    expect(run.told()).toBe('What is to be shown cannot be written. write ENOSPC\n');
    expect(run.status()).toBe(1);
    expect(await takeMessages(sqs, url)).toHaveLength(1);
  });
});

describe('an endpoint that accepts and does not answer', () => {
  it('is not waited for after Ctrl-C', { timeout: 20_000 }, async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const asked = once(server, 'connection');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const environment = {
      ...{ AWS_ENDPOINT_URL_SQS: endpoint, AWS_REGION: 'us-east-1' },
      ...{ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'a' },
    };
    const run = startDlq(['list', '--queue', `${endpoint}/000000000000/x`], { environment });
    await asked;
    run.interrupt();
    await run.ended;
    expect(run.status()).toBe(130);
    expect(run.told()).toBe('It was interrupted, and what did not answer was not waited for.\n');
    server.close();
  });
});
