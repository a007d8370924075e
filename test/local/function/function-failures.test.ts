import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { deploy } from './deployed-function.ts';

const text = (part: string) => expect.stringContaining(part) as string;

describe('an invocation fails as in Lambda', () => {
  it.each([
    ['a busy loop', 'while (true) {}'],
    ['a promise that takes too long', 'await new Promise((resolve) => setTimeout(resolve, 10_000))'],
  ])('at the time limit, with the process killed: %s', async (_, code) => {
    const { invokeWhole, invoke, lines } = deploy(
      `export const handler = async (event) => {
        if (!event.slow) return process.pid;
        console.log('begun');
        ${code};
      }`,
      { timeoutMs: 200 },
    );
    const before = await invoke();
    const { requestId, result, durationMs } = await invokeWhole({ slow: true });
    expect(result).toMatchObject({
      kind: 'function-error',
      reason: `RequestId: ${requestId} Error: Task timed out after 0.20 seconds`,
      error: { errorType: 'Sandbox.Timedout' },
    });
    expect(durationMs).toBeGreaterThanOrEqual(199);
    expect(durationMs).toBeLessThan(400);
    expect(lines).toEqual([{ functionName: 'orders', requestId, text: 'begun' }]);
    const after = await invoke();
    expect(after.kind).toBe('returned');
    expect(after).not.toEqual(before);
  });

  const crashes: readonly (readonly [name: string, code: string, end: string, error: object])[] = [
    [
      'process.exit(3)',
      'process.exit(3)',
      'Runtime exited with error: exit status 3',
      { errorType: 'Runtime.ExitError' },
    ],
    [
      'process.exit()',
      'process.exit()',
      'Runtime exited without providing a reason',
      { errorType: 'Runtime.ExitError' },
    ],
    [
      'a signal',
      `process.kill(process.pid, 'SIGKILL'); await new Promise(() => setInterval(() => 0))`,
      'Runtime exited with error: signal: killed',
      {},
    ],
    [
      'an unhandled rejection',
      `void Promise.reject(new Error('lost')); await new Promise((resolve) => setTimeout(resolve, 1_000))`,
      'Runtime exited with error: exit status 128',
      { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: 'Error: lost' },
    ],
    [
      'an uncaught exception',
      `setTimeout(() => { throw new RangeError('thrown') }); await new Promise((resolve) => setTimeout(resolve, 1_000))`,
      'Runtime exited with error: exit status 129',
      {
        errorType: 'RangeError',
        errorMessage: 'thrown',
        trace: expect.arrayContaining(['RangeError: thrown']) as unknown,
      },
    ],
    [
      'a promise that can never settle',
      'await new Promise(() => undefined)',
      'Runtime exited with error: exit status 13',
      { errorType: 'Runtime.NodejsExit' },
    ],
  ];
  it.each(crashes)('by the end of the process, and begins in a new one: %s', async (_, code, end, error) => {
    const { invoke, invokeWhole, lines } = deploy(`
      export const handler = async (event) => {
        if (!event.crash) return 'alive';
        console.log('last line');
        ${code};
      }`);
    const { requestId, result } = await invokeWhole({ crash: true });
    expect(result).toMatchObject({
      kind: 'function-error',
      reason: `RequestId: ${requestId} Error: ${end}`,
      error,
    });
    expect(lines).toContainEqual({ functionName: 'orders', requestId, text: 'last line' });
    expect(await invoke()).toEqual({ kind: 'returned', response: 'alive' });
  });

  it('when the response is too large, or cannot be written as JSON, or is no error that was thrown', async () => {
    const { invoke } = deploy(
      `const responses = {
        large: () => 'x'.repeat(6_291_555),
        fits: () => 'x'.repeat(6_291_554),
        bigint: () => ({ n: 1n }),
        string: () => { throw 'a string' },
      };
      export const handler = async ({ kind }) => responses[kind]();`,
      { memorySizeMb: 512 },
    );
    expect(await invoke({ kind: 'large' })).toEqual({
      kind: 'function-error',
      reason: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
      error: {
        errorType: 'Function.ResponseSizeTooLarge',
        errorMessage: 'Response payload size exceeded maximum allowed payload size (6291556 bytes).',
        trace: [],
      },
    });
    expect(await invoke({ kind: 'fits' })).toMatchObject({ kind: 'returned' });
    expect(await invoke({ kind: 'bigint' })).toMatchObject({
      kind: 'function-error',
      error: {
        errorType: 'Runtime.JSONStringifyError',
        errorMessage: text('Unable to stringify response body'),
      },
    });
    expect(await invoke({ kind: 'string' })).toMatchObject({
      kind: 'function-error',
      reason: 'the function threw an error (string)',
      error: { errorType: 'string', errorMessage: 'a string', trace: [] },
    });
  });

  it('with no word of what was thrown in the reason, which is logged', async () => {
    const { invoke } = deploy(`export const handler = async (event) => { throw new Error(event.email) }`);
    const result = await invoke({ email: 'ada@example.org' });
    expect(result).toMatchObject({
      reason: 'the function threw an error (Error)',
      error: { errorMessage: 'ada@example.org' },
    });
  });

  it.runIf(process.platform === 'linux')('when it takes more memory than it has', async () => {
    const { invoke, invokeWhole } = deploy(`
      const kept = [];
      export const handler = async (event) => {
        if (event.megabytes) kept.push(Buffer.alloc(event.megabytes * 1024 * 1024, 1));
        if (event.slowly) await new Promise((resolve) => setTimeout(resolve, 3_000));
        return kept.length;
      }`);
    for (const slowly of [false, true]) {
      const startedAt = performance.now();
      const { requestId, result } = await invokeWhole({ megabytes: 100, slowly });
      expect(result).toMatchObject({
        kind: 'function-error',
        reason: `out of memory; RequestId: ${requestId} Error: Runtime exited with error: signal: killed`,
        error: { errorType: 'Runtime.OutOfMemory' },
      });
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    }
    expect(await invoke()).toEqual({ kind: 'returned', response: 0 });
  });

  it('when its heap is full', async () => {
    const { invoke } = deploy(`
      export const handler = async () => {
        const kept = [];
        for (;;) kept.push({ at: kept.length, text: 'x' + kept.length });
      }`);
    expect(await invoke()).toMatchObject({
      kind: 'function-error',
      reason: text('Runtime exited with error: signal: '),
    });
  });
});

describe('a handler that cannot be loaded', () => {
  const wrong: readonly (readonly [
    name: string,
    handler: string,
    code: string,
    errorType: string,
    message: string,
  ])[] = [
    [
      'there is no file',
      'elsewhere.handler',
      '',
      'Runtime.ImportModuleError',
      "Error: Cannot find module 'elsewhere'",
    ],
    [
      'a CommonJS module is missing',
      'orders.handler',
      `import { createRequire } from 'node:module'; createRequire(import.meta.url)('left-out')`,
      'Runtime.ImportModuleError',
      "Error: Cannot find module 'left-out'",
    ],
    ['a module is missing', 'orders.handler', `import 'left-out'`, 'Error', "Cannot find package 'left-out'"],
    ['the import throws', 'orders.handler', `throw new RangeError('no table')`, 'RangeError', 'no table'],
    [
      'there is no such export',
      'orders.handler',
      'export const other = 1',
      'Runtime.HandlerNotFound',
      'orders.handler is undefined or not exported',
    ],
    [
      'the export is no function',
      'orders.handler',
      'export const handler = 1',
      'Runtime.HandlerNotFound',
      'orders.handler is not a function',
    ],
    [
      'the syntax is wrong',
      'orders.handler',
      'export const = 1',
      'Runtime.UserCodeSyntaxError',
      'SyntaxError: ',
    ],
    ['the name has no dot', 'orders', '', 'Runtime.MalformedHandlerName', 'Bad handler'],
    [
      'the name leads out of the package',
      '../orders.handler',
      '',
      'Runtime.MalformedHandlerName',
      "'../orders.handler' is not a valid handler name",
    ],
    [
      'it takes a callback',
      'orders.handler',
      'export const handler = (event, context, callback) => callback()',
      'Runtime.CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24',
    ],
  ];
  it('says so in Lambda’s words, before the first invocation and in each', async () => {
    await Promise.all(
      wrong.map(async ([name, handler, code, errorType, message]) => {
        const { warm, invoke } = deploy(code, { handler });
        const expected = {
          kind: 'function-error',
          reason: text(`the handler could not be loaded: ${errorType}: ${message}`),
          error: { errorType, errorMessage: text(message) },
        };
        expect(await warm(), name).toMatchObject(expected);
        expect(await invoke(), name).toMatchObject(expected);
      }),
    );
  });

  it('says so if the import ends the process', async () => {
    const { invokeWhole, warm } = deploy(`console.error('no configuration'); process.exit(7)`);
    const said = 'Error: Runtime exited with error: exit status 7';
    expect(await warm()).toMatchObject({ kind: 'function-error', reason: said });
    const { requestId, result } = await invokeWhole();
    expect(result).toMatchObject({ kind: 'function-error', reason: `RequestId: ${requestId} ${said}` });
  });

  it('says so if Node.js refuses its options', async () => {
    const { warm, lines } = deploy('', { execArgv: ['--no-such-option'] });
    expect(await warm()).toMatchObject({ reason: 'Error: Runtime exited with error: exit status 9' });
    expect(lines).toEqual([{ functionName: 'orders', text: text('--no-such-option') }]);
  });

  it('within the limit for init gets the time limit of the function for a second try', async () => {
    const { invoke, warm } = deploy(`await new Promise((resolve) => setTimeout(resolve, 60_000))`, {
      initLimitMs: 200,
      timeoutMs: 300,
    });
    expect(await warm()).toMatchObject({
      kind: 'function-error',
      reason: text('Init timed out after 0.20 seconds'),
    });
    const startedAt = performance.now();
    expect(await invoke()).toMatchObject({
      kind: 'function-error',
      reason: text('Task timed out after 0.30 seconds'),
    });
    expect(performance.now() - startedAt).toBeGreaterThan(498);
  });
});

describe('an invocation that nobody waits for', () => {
  it('is abandoned, and its process ended', async () => {
    const { invokeWhole, invoke } = deploy(`export const handler = async ({ ms }) => {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return process.pid;
    }`);
    const before = await invoke({ ms: 0 });
    const abandoning = new AbortController();
    const startedAt = performance.now();
    const invocation = invokeWhole({ ms: 3_000 }, abandoning.signal);
    await wait(20);
    abandoning.abort();
    expect((await invocation).result).toEqual({ kind: 'abandoned' });
    expect((await invokeWhole({ ms: 0 }, abandoning.signal)).result).toEqual({ kind: 'abandoned' });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(await invoke({ ms: 0 })).not.toEqual(before);
  });

  it('is abandoned during init too, and when the function is stopped', async () => {
    const { invokeWhole, invoke, stop } = deploy(
      `await new Promise((resolve) => setTimeout(resolve, 60_000))`,
    );
    const abandoning = new AbortController();
    const invocation = invokeWhole({}, abandoning.signal);
    abandoning.abort();
    expect((await invocation).result).toEqual({ kind: 'abandoned' });
    const running = invoke();
    await stop();
    await stop();
    expect(await running).toEqual({ kind: 'abandoned' });
    expect(await invoke()).toEqual({ kind: 'not-invoked', reason: 'function orders is stopped' });
  });

  it('is no attempt when no process can be started', async () => {
    const { invoke, warm } = deploy('', { folder: '/nowhere/at/all' });
    const expected = {
      kind: 'not-invoked',
      reason: text('no process could be started'),
      error: { code: 'ENOENT' },
    };
    expect(await warm()).toMatchObject(expected);
    expect(await invoke()).toMatchObject(expected);
  });
});
