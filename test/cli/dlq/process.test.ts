import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import { insertRecord } from '../../../src/testing/index.ts';
import { letterFor } from '../../dead-letter/letters.ts';
import { makeQueue, sqsClient, takeMessages } from '../../dead-letter/queues.ts';
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

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

const program = resolve(import.meta.dirname, '../../../src/cli/spillway.ts');

/** `spillway dlq replay` in a process of its own, by a handler that keeps its process alive for ever. */
function startReplay(queueUrl: string, ...args: readonly string[]) {
  const handler = `${import.meta.dirname}/handlers/open-for-ever.ts`;
  const given = ['dlq', 'replay', '--queue', queueUrl, '--handler', handler, '--if-stale', 'run', ...args];
  const child = spawn(process.execPath, ['--conditions=spillway-source', program, ...given], {
    env: { PATH: process.env['PATH'], ...stack.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  return { child, said, ended: once(child, 'close') };
}

const letters = Array.from({ length: 40 }, (_, n) =>
  letterFor(insertRecord({ pk: `item-${n}` }, { sequenceNumber: `1000000000000000000${n + 10}` })),
);

describe('the process of spillway dlq', () => {
  it('ends when the command has, whatever the handler keeps open', { timeout: 30_000 }, async () => {
    const url = await makeQueue(sqs, 'process-ends');
    await sendLetters(sqs, url, ...letters.slice(0, 1));
    const { said, ended } = startReplay(url);
    expect(await ended).toEqual([0, null]);
    expect(said.stdout).toContain('1 of 1 message settled');
  });

  it('gives back what it holds when nobody reads its output any more', { timeout: 30_000 }, async () => {
    const url = await makeQueue(sqs, 'process-unread');
    await sendLetters(sqs, url, ...letters);
    const { child, said, ended } = startReplay(url, '--json', '--concurrency', '1', '--rate', '20/s');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await ended).toEqual([1, null]);
    expect(said.stderr).toMatch(/\d+ of 40 messages settled in .*, \d+ left/);
    expect(said.stderr).not.toMatch(/EPIPE|\n {4}at /);
    expect((await takeMessages(sqs, url)).length).toBeGreaterThan(10);
  });
});
