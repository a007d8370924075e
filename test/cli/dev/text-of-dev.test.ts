import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRecentMessages } from '../../../src/cli/dev/recent-messages.ts';
import { findFramework } from '../../../src/cli/dev/framework.ts';
import { invocationLine } from '../../../src/cli/dev/invocation-line.ts';
import { logText } from '../../../src/cli/dev/log-text.ts';
import { oneAtATime } from '../../../src/cli/dev/one-at-a-time.ts';
import { packagingMessage } from '../../../src/cli/dev/packaging-message.ts';
import { readyText } from '../../../src/cli/dev/ready-text.ts';
import { isIgnored } from '../../../src/cli/dev/watch-sources.ts';
import type { InvocationReport } from '../../../src/local/index.ts';
import { localEnvironment } from '../../../src/local/stack/local-environment.ts';

const plain = (_: unknown, text: string) => text;

const report: InvocationReport = {
  shardId: 'shardId-00000001573689847184-864758bb',
  requestId: 'id',
  attempt: 1,
  batchSize: 3,
  startSequenceNumber: '1',
  endSequenceNumber: '3',
  durationMs: 12.4,
  outcome: { kind: 'complete-success' },
  next: 'advance',
};

describe('the line of an invocation', () => {
  const at = new Date(2026, 0, 2, 3, 4, 5, 6);
  const line = (more: Partial<InvocationReport>) =>
    invocationLine({ at, functionName: 'orders', width: 8, report: { ...report, ...more }, paint: plain });

  it('has time, function, shard, size, duration and outcome, in columns', () => {
    expect(line({})).toBe('03:04:05.006  orders    …9847184-864758bb      3 records      12 ms  ok');
    expect(line({ shardId: 'shardId-7', batchSize: 1 })).toBe(
      '03:04:05.006  orders    7                       1 record      12 ms  ok',
    );
  });

  const failed = { kind: 'complete-failure', functionError: null, reason: 'it threw' } as const;
  const ends: readonly (readonly [string, Partial<InvocationReport>])[] = [
    ['ok, attempt 3', { attempt: 3 }],
    ['2 of 3 settled; the rest comes again', { outcome: { kind: 'partial-failure', settled: 2 } }],
    ['failed: it threw; comes again', { outcome: failed, next: 'retry' }],
    ['failed, attempt 2: it threw; comes again in halves', { outcome: failed, next: 'split', attempt: 2 }],
    ['failed: it threw; given up', { outcome: failed, next: 'give-up' }],
    ['not invoked: busy; comes again', { outcome: { kind: 'not-invoked', reason: 'busy' }, next: 'retry' }],
  ];
  it.each(ends)('ends with "%s"', (end, more) => {
    expect(line(more).split(' ms  ')[1]).toBe(end);
  });

  it('says so at the end of a window', () => {
    expect(line({ batchSize: 0 })).toContain('  end of window  ');
  });
});

describe('the line of a function', () => {
  it('is short if Spillway wrote it as JSON', () => {
    const record = {
      level: 'ERROR',
      message: 'spillway: record failed',
      route: 'reserve-stock',
      sequenceNumber: '12',
      attempts: 3,
      error: { name: 'LedgerError', code: 'LEDGER_UNREACHABLE', text: 'no answer', at: 'a.mjs:1:2' },
      cause: { name: 'TimeoutError' },
    };
    expect(logText(JSON.stringify(record), plain)).toBe(
      'ERROR spillway: record failed; route reserve-stock; error LedgerError: no answer at a.mjs:1:2; ' +
        'caused by TimeoutError; 3 attempts',
    );
    const counts = { succeeded: 2, failed: 0, 'dead-lettered': 1 };
    const batch = {
      level: 'WARN',
      message: 'spillway: batch settled, with dead letters',
      counts,
      records: 3,
    };
    expect(logText(JSON.stringify(batch), plain)).toBe(
      'WARN spillway: batch settled, with dead letters; 2 succeeded, 1 dead-lettered',
    );
  });

  it.each([
    'plain text',
    '{"level":"ERROR","message":"somebody else"}',
    '{"level":"INFO","message":"spillway: is not worth it"}',
    '{"level":"ERROR","message":"spillway: cut',
    '[1]',
    '{"message":5}',
  ])('is as it was otherwise: %s', (text) => {
    expect(logText(text, plain)).toBe(text);
  });
});

describe('a message that comes again and again', () => {
  it('is news once, until it was not heard of for a minute', () => {
    let now = 0;
    const { isNews } = createRecentMessages(() => now);
    const at = (ms: number, message: string) => {
      now = ms;
      return isNews(message);
    };
    expect(at(0, 'a')).toBe(true);
    expect(at(0, 'b')).toBe(true);
    expect(at(40_000, 'a')).toBe(false);
    expect(at(80_000, 'a')).toBe(false);
    expect(at(80_000, 'b')).toBe(true);
    expect(at(140_000, 'a')).toBe(true);
  });
});

describe('work that is done one at a time', () => {
  it('is done once more for all that came meanwhile, with the first of them', async () => {
    const done: string[] = [];
    const ends: (() => void)[] = [];
    const ask = oneAtATime((name: string) => {
      done.push(name);
      return new Promise<void>((resolve) => ends.push(resolve));
    });
    const endOne = async () => {
      ends.shift()?.();
      await new Promise(setImmediate);
    };
    for (const name of ['a', 'b', 'c']) ask(name);
    expect(done).toEqual(['a']);
    await endOne();
    expect(done).toEqual(['a', 'b']);
    await endOne();
    ask('d');
    expect(done).toEqual(['a', 'b', 'd']);
  });
});

describe('what the framework says when it fails', () => {
  it('is shown without the places in libraries, and without colours', () => {
    const said =
      'Packaging shop for stage local (us-east-1)\nEnvironment: linux\nDocs: here\n\n\nError:\n\u001b[31mError: no\u001b[39m\n' +
      '    at run (/x/node_modules/osls/a.js:1:1)\n    at mine (/x/serverless.ts:3:1)\n    at node:internal/x:1:1\n';
    expect(packagingMessage(said)).toBe(
      'The service could not be packaged.\n\nError:\nError: no\n    at mine (/x/serverless.ts:3:1)',
    );
    const own = '    at Object.<anonymous> (handlers/orders.ts:1:7)';
    expect(packagingMessage(`Error: no\n${own}\n    at <anonymous>`)).toContain(`Error: no\n${own}`);
    expect(packagingMessage('')).toBe('The service could not be packaged. The framework did not say why.');
  });
});

describe('the Serverless Framework', () => {
  it('is found where the project has it, and otherwise said to be missing', () => {
    expect(findFramework(resolve('.'))).toMatch(/osls\/bin\/serverless\.js$/);
    const empty = mkdtempSync(join(tmpdir(), 'spillway-empty-'));
    onTestFinished(() => rmSync(empty, { recursive: true }));
    expect(() => findFramework(empty)).toThrow(
      `Neither osls nor serverless is installed in ${empty}. Install one (npm install --save-dev osls)`,
    );
  });
});

describe('the text at the start', () => {
  it('lists what runs and what does not', () => {
    const text = readyText(
      {
        resources: {
          tables: [
            {
              logicalId: 'Orders',
              name: 'shop-Orders',
              keySchema: [],
              attributeDefinitions: [],
              billingMode: 'PAY_PER_REQUEST',
              streamViewType: 'NEW_IMAGE',
              timeToLiveAttribute: 'expires',
            },
          ],
          queues: [{ logicalId: 'Failures', name: 'shop-Failures', attributes: {} }],
          topics: [],
          subscriptions: [],
          buckets: [],
          apis: [{ logicalId: 'Api', name: 'shop-api' }],
          notRun: [],
          notCreated: [
            { logicalId: 'A', type: 'AWS::IAM::Role' },
            { logicalId: 'B', type: 'AWS::IAM::Role' },
          ],
        },
        functions: {
          functions: [],
          mappings: [],
          queueMappings: [
            {
              logicalId: 'ToMailer',
              functionLogicalId: 'Mailer',
              queueLogicalId: 'Failures',
              queueArn: 'arn',
              settings: {},
            },
          ],
          routes: [
            {
              logicalId: 'Get',
              apiLogicalId: 'Api',
              routeKey: 'GET /',
              functionLogicalId: 'Web',
              timeoutMs: 1,
            },
          ],
          notRun: [{ logicalId: 'Mailer', type: 'AWS::Lambda::Function', reason: 'no stream invokes it' }],
          outputs: {},
          warnings: ['Layers are not there.'],
        },
        queueUrls: new Map([['Failures', 'http://queue']]),
        apiUrls: new Map([['Api', 'http://127.0.0.1:1']]),
        started: new Map(),
      },
      localEnvironment({ dynamodb: 'http://d', sqs: 'http://s' }, true, {}),
      plain,
    );
    expect(text.split('\n').slice(0, 8)).toEqual([
      '  table     shop-Orders    stream NEW_IMAGE, expires by expires',
      '  queue     shop-Failures  http://queue',
      '  mapping   ToMailer       Failures → Mailer',
      '  api       shop-api       http://127.0.0.1:1',
      '  route     GET /          → Web',
      '  not run   Mailer         no stream invokes it',
      '  Layers are not there.',
      '  not created here: AWS::IAM::Role (2)',
    ]);
    expect(text).toContain('  export AWS_ENDPOINT_URL_DYNAMODB=http://d\n');
  });
});

describe('a change of a file', () => {
  it.each([
    ['/service/handlers/orders.ts', false],
    ['/service', false],
    ['/service/node_modules/x/index.js', true],
    ['/service/.esbuild/x.js', true],
    ['/service/data/dynamodb.db', true],
    ['/service/database.ts', false],
    ['/service/dist/index.mjs', true],
    ['/elsewhere/.aws-sam/build/index.mjs', false],
    ['/elsewhere/.aws-sam/build/dist/index.mjs', true],
  ])('%s is left out: %s', (path, expected) => {
    const names = new Set(['node_modules', 'dist']);
    const roots = ['/service', '/elsewhere/.aws-sam/build'];
    expect(isIgnored(path, { roots, names, folder: '/service/data' })).toBe(expected);
  });
});
