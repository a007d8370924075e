import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { InvalidOptionError } from '../../../src/errors.ts';
import { startFunction } from '../../../src/local/function/start-function.ts';
import type { Files } from './deployed-function.ts';
import { deploy, packageOf, writeFiles } from './deployed-function.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const like = (pattern: RegExp) => expect.stringMatching(pattern) as string;

describe('a function', () => {
  it('is given the event and answers, both through JSON', async () => {
    const { invoke } = deploy(
      `export const handler = async (event) => ({ event, at: new Date(0), none: undefined })`,
    );
    expect(await invoke({ Records: ['ü', 1] })).toEqual({
      kind: 'returned',
      response: { event: { Records: ['ü', 1] }, at: '1970-01-01T00:00:00.000Z' },
    });
  });

  it('has answered null when it returns what JSON has no word for', async () => {
    const { invoke } = deploy(`
      const answers = [undefined, null, () => 1, Symbol()];
      export const handler = async ({ index }) => answers[index];`);
    for (const index of [0, 1, 2, 3])
      expect(await invoke({ index })).toEqual({ kind: 'returned', response: null });
  });

  it('is given a context that counts down to the deadline', async () => {
    const { invokeWhole } = deploy(
      `export const handler = async (_, context) => ({ ...context, left: context.getRemainingTimeInMillis() })`,
      { functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:orders', memorySizeMb: 256 },
    );
    const { requestId, result } = await invokeWhole();
    expect(requestId).toMatch(uuid);
    expect(result).toEqual({
      kind: 'returned',
      response: {
        functionName: 'orders',
        functionVersion: '$LATEST',
        invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:orders',
        awsRequestId: requestId,
        memoryLimitInMB: '256',
        logGroupName: '/aws/lambda/orders',
        logStreamName: like(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
        callbackWaitsForEmptyEventLoop: true,
        left: expect.toSatisfy((left: number) => left > 2_000 && left <= 5_000) as number,
      },
    });
  });

  it('finds in its environment what it was configured with and what Lambda adds, and nothing of this process', async () => {
    vi.stubEnv('NODE_OPTIONS', '--no-warnings');
    vi.stubEnv('AWS_PROFILE', 'mine');
    const { invoke, folder } = deploy(
      `export const handler = async () => ({ ...process.env, cwd: process.cwd() })`,
      {
        environment: { TABLE: 'Orders', AWS_LAMBDA_FUNCTION_NAME: 'not mine to set' },
      },
    );
    vi.unstubAllEnvs();
    const { response } = (await invoke()) as { readonly response: Readonly<Record<string, string>> };
    expect(response).toEqual({
      TABLE: 'Orders',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_FUNCTION_NAME: 'orders',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/orders',
      AWS_LAMBDA_LOG_STREAM_NAME: like(/\[\$LATEST\]/),
      AWS_REGION: 'us-east-1',
      LAMBDA_TASK_ROOT: folder,
      LANG: 'en_US.UTF-8',
      PATH: like(/:\/usr\/bin:/),
      TZ: ':UTC',
      _HANDLER: 'orders.handler',
      cwd: folder,
    });
  });

  it('keeps its process from one invocation to the next, also after an error', async () => {
    const { invoke } = deploy(`
      let count = 0;
      export const handler = async (event) => {
        count += 1;
        if (event.fail) throw new TypeError('no');
        return [process.pid, count];
      }`);
    const first = await invoke();
    const [pid] = (first as { readonly response: readonly number[] }).response;
    expect(await invoke({ fail: true })).toMatchObject({
      kind: 'function-error',
      reason: 'the function threw an error (TypeError)',
      error: {
        errorType: 'TypeError',
        errorMessage: 'no',
        trace: expect.arrayContaining(['TypeError: no']) as unknown,
      },
    });
    expect(await invoke()).toEqual({ kind: 'returned', response: [pid, 3] });
  });

  it('is found where Lambda looks for it', async () => {
    const packages: readonly (readonly [handler: string, files: Files])[] = [
      ['handlers/orders.handler', { 'handlers/orders.mjs': 'export const handler = async () => 1' }],
      [
        'handlers/orders.api.handler',
        { 'handlers/orders.mjs': 'export const api = { handler: async () => 1 }' },
      ],
      ['a.b/orders.handler', { 'a.b/orders.cjs': 'exports.handler = async () => 1' }],
      ['orders.handler', { 'orders.js': 'exports.handler = async () => 1' }],
      ['orders.handler', { 'orders.js': 'module.exports = Object.assign({}, { handler: async () => 1 })' }],
      [
        'orders.handler',
        { 'package.json': '{"type":"module"}', 'orders.js': 'export const handler = async () => 1' },
      ],
      ['orders.handler', { 'orders.mts': 'export const handler = async (): Promise<number> => 1' }],
      ['orders.handler', { 'node_modules/orders/index.js': 'exports.handler = async () => 1' }],
    ];
    for (const result of await Promise.all(
      packages.map(([handler, files]) => deploy(files, { handler }).invoke()),
    ))
      expect(result).toEqual({ kind: 'returned', response: 1 });
    // A folder of that name comes first, and cannot be imported.
    const folder = {
      'orders/index.js': 'exports.handler = async () => 1',
      'orders.js': 'exports.handler = async () => 1',
    };
    expect(await deploy(folder).invoke()).toMatchObject({
      error: { errorMessage: like(/Directory import/) },
    });
  });

  it('takes the AWS SDK that it leaves out from the project, for import and for require, and nothing else', async () => {
    const project = packageOf({
      'node_modules/@aws-sdk/client-none/package.json': '{"name":"@aws-sdk/client-none","main":"index.js"}',
      'node_modules/@aws-sdk/client-none/index.js':
        'exports.from = "the project"; exports.core = require("@smithy/core-none")',
      'node_modules/@smithy/core-none/index.js': 'module.exports = "core"',
      'node_modules/left-out/index.js': 'module.exports = 1',
    });
    const code = `
      import { createRequire } from 'node:module';
      import { from } from '@aws-sdk/client-none';
      const require = createRequire(import.meta.url);
      export const handler = async () => [from, require('@aws-sdk/client-none').core, await import('left-out').catch(({ code }) => code)];`;
    expect(await deploy(code, { sdkFrom: project }).invoke()).toEqual({
      kind: 'returned',
      response: ['the project', 'core', 'ERR_MODULE_NOT_FOUND'],
    });
    expect(await deploy(code, { sdkFrom: '/nowhere' }).invoke()).toMatchObject({
      kind: 'function-error',
      reason: expect.stringContaining("Cannot find package '@aws-sdk/client-none'") as string,
    });
  });

  it('prefers the SDK of its own package', async () => {
    const folder = packageOf({ 'orders.mjs': `export { handler } from '@aws-sdk/client-sqs'` });
    const own = join(folder, 'node_modules/@aws-sdk/client-sqs/index.mjs');
    mkdirSync(dirname(own), { recursive: true });
    writeFileSync(own, `export const handler = async () => 'own'`);
    writeFileSync(join(dirname(own), 'package.json'), '{"exports":"./index.mjs"}');
    expect(await deploy('', { folder }).invoke()).toEqual({ kind: 'returned', response: 'own' });
  });

  it('has its log lines here before its answer is, under the request that wrote them', async () => {
    const { invokeWhole, lines, warm } = deploy(`
      console.log('loaded');
      export const handler = async (event) => {
        for (let line = 0; line < event.lines; line += 1) console.log('line ' + line + ' ' + 'x'.repeat(100));
        console.error('on stderr');
        process.stdout.write('without an end');
      }`);
    await warm();
    expect(lines).toEqual([{ functionName: 'orders', text: 'loaded' }]);
    const { requestId } = await invokeWhole({ lines: 20_000 });
    expect(lines).toHaveLength(20_003);
    expect(new Set(lines.slice(1).map((line) => line.requestId))).toEqual(new Set([requestId]));
    expect(lines.filter(({ text }) => text === 'on stderr' || text === 'without an end')).toHaveLength(2);
  });

  it('takes and gives five megabytes', async () => {
    const { invoke } = deploy(`export const handler = async (event) => event`, { memorySizeMb: 512 });
    const event = { text: randomUUID().repeat(140_000) };
    expect(await invoke(event)).toEqual({ kind: 'returned', response: event });
  });

  it(
    'starts an environment for each of fifty invocations at once, and uses them again',
    { timeout: 20_000 },
    async () => {
      const { invoke } = deploy(`
      export const handler = async () => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        return process.pid;
      }`);
      const pids = async (count: number) => {
        const results = await Promise.all(Array.from({ length: count }, () => invoke()));
        return new Set(results.map((result) => (result.kind === 'returned' ? result.response : result)));
      };
      const first = await pids(50);
      expect(first.size).toBe(50);
      expect([...(await pids(10))].filter((pid) => !first.has(pid))).toEqual([]);
    },
  );

  it('is throttled above its concurrency', async () => {
    const { invoke } = deploy(`export const handler = async () => 1`, { maximumConcurrency: 1 });
    expect(await Promise.all([invoke(), invoke()])).toEqual([
      { kind: 'returned', response: 1 },
      { kind: 'not-invoked', reason: 'throttled: function orders runs 1 invocations at once already' },
    ]);
    expect(await invoke()).toMatchObject({ kind: 'returned' });
  });

  it('ends a running invocation with the old code and begins the next with the new', async () => {
    const { invoke, replaceCode, folder, lines } = deploy(`
      export const handler = async () => {
        console.log('running');
        await new Promise((resolve) => setTimeout(resolve, 100));
        return 'old';
      }`);
    expect(await invoke()).toMatchObject({ response: 'old' });
    const running = invoke();
    await vi.waitUntil(() => lines.length === 2, { interval: 5 });
    writeFiles(folder, { 'orders.mjs': `export const handler = async () => 'new'` });
    await replaceCode();
    expect(await invoke()).toMatchObject({ response: 'new' });
    expect(await running).toMatchObject({ response: 'old' });
    expect(await Promise.all([invoke(), invoke()])).toMatchObject([{ response: 'new' }, { response: 'new' }]);

    await replaceCode(packageOf({ 'orders.mjs': `export const handler = async () => 'elsewhere'` }));
    expect(await invoke()).toMatchObject({ response: 'elsewhere' });
  });

  it('reports what an invocation took, and init apart from it', async () => {
    const { invoke, reports } = deploy(
      `
      await new Promise((resolve) => setTimeout(resolve, 150));
      export const handler = async () => null;`,
      { timeoutMs: 100 },
    );
    await invoke();
    await invoke();
    const [cold, warm] = reports;
    expect(cold?.initDurationMs).toBeGreaterThan(150);
    expect(cold?.durationMs).toBeLessThan(100);
    expect(warm).toEqual({
      functionName: 'orders',
      requestId: like(uuid),
      durationMs: expect.any(Number) as number,
      memorySizeMb: 128,
      ...(process.platform === 'linux' && { maxMemoryUsedMb: expect.closeTo(70, -2) as number }),
    });
  });

  it('is invoked within two milliseconds when it is warm, and starts within a fraction of a second', async () => {
    const { invoke, invokeWhole } = deploy(`export const handler = async () => null`);
    const startedAt = performance.now();
    await invoke();
    const coldMs = performance.now() - startedAt;
    const durations: number[] = [];
    for (let count = 0; count < 200; count += 1) durations.push((await invokeWhole()).durationMs);
    const [median = NaN] = durations.toSorted((a, b) => a - b).slice(100);
    expect(median).toBeLessThan(2);
    // Alone it takes some 100 ms, of which stripping types from the sources is the larger part.
    expect(coldMs).toBeLessThan(1_500);
  });

  it('is not started with options out of their range', () => {
    const options = { functionName: 'orders', folder: '/tmp', handler: 'a.b', environment: {}, timeoutMs: 1 };
    expect(() => startFunction({ ...options, folder: 'build' })).toThrow(InvalidOptionError);
    expect(() => startFunction({ ...options, memorySizeMb: 64 })).toThrow(
      'memorySizeMb of function orders must be at least 128',
    );
    expect(() => startFunction({ ...options, timeoutMs: NaN })).toThrow(InvalidOptionError);
  });
});
