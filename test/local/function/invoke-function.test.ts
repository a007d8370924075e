import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/local/clock.ts';
import type { InvokerParts, LambdaFunction } from '../../../src/local/function/invoke-function.ts';
import { createInvoker } from '../../../src/local/function/invoke-function.ts';

const invoker = (invoke: LambdaFunction, more: Partial<InvokerParts> = {}) => {
  const run = createInvoker({
    invoke,
    functionName: 'orders',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:orders',
    timeoutMs: 1_000,
    clock: systemClock,
    ...more,
  });
  return (eventJson: string) => run(eventJson, new AbortController().signal);
};
const resultOf = async (response: unknown) => (await invoker(() => response)('{"Records":[]}')).result;

describe('an invocation', () => {
  it('hands over the event, and a context of its own each time', async () => {
    const invoke = vi.fn<LambdaFunction>(() => null);
    const run = invoker(invoke);
    const { requestId } = await run('{"Records":[]}');
    await run('{"Records":[]}');

    const [[event, context], [otherEvent, otherContext]] = invoke.mock.calls as [
      Parameters<LambdaFunction>,
      Parameters<LambdaFunction>,
    ];
    expect(event).toEqual({ Records: [] });
    expect(otherEvent).not.toBe(event);
    expect(context).toMatchObject({
      functionName: 'orders',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:orders',
      awsRequestId: requestId,
    });
    expect(otherContext.awsRequestId).not.toBe(requestId);
  });

  it.each([
    ['undefined', undefined, null],
    ['a function', () => 1, null],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['an undefined field', { batchItemFailures: undefined }, {}],
    ['a promise', Promise.resolve({ batchItemFailures: [] }), { batchItemFailures: [] }],
  ])('takes the response through JSON: %s', async (_, response, arrived) => {
    expect(await resultOf(response)).toEqual({ kind: 'returned', response: arrived });
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no')), 'the function threw an error'],
    [
      'throws at once',
      () => {
        throw new Error('no');
      },
      'the function threw an error',
    ],
    ['answers with a bigint', () => ({ n: 1n }), 'the response cannot be written as JSON'],
    ['answers with more than 6 MB', () => 'x'.repeat(6 * 1024 * 1024), 'the response is larger'],
  ])('counts as an error of the function when it %s', async (_, invoke, reason) => {
    const { result } = await invoker(invoke)('{}');
    expect(result).toMatchObject({
      kind: 'function-error',
      reason: expect.stringContaining(reason) as string,
    });
  });

  it('ends at the time limit, with the remaining time counted down to zero', async () => {
    let remaining = () => NaN;
    const run = invoker(
      (_, context) => {
        remaining = () => context.getRemainingTimeInMillis();
        return new Promise(() => undefined);
      },
      { timeoutMs: 20 },
    );
    const { result } = await run('{}');
    await systemClock.sleep(5, new AbortController().signal);
    expect(result).toMatchObject({
      kind: 'function-error',
      reason: expect.stringContaining('20 ms') as string,
    });
    expect(remaining()).toBe(0);
  });

  it('is over time even if the function kept the thread to itself and the timer from firing', async () => {
    let nowMs = 0;
    const clock = { now: () => nowMs, sleep: () => new Promise<void>(() => undefined) };
    const { result } = await invoker(() => void (nowMs = 1_001), { clock })('{}');
    expect(result.kind).toBe('function-error');
  });

  it('leaves no timer behind', async () => {
    const sleep = vi.fn(systemClock.sleep);
    await invoker(() => null, { timeoutMs: 900_000, clock: { now: systemClock.now, sleep } })('{}');
    await expect(Promise.all(sleep.mock.results.map(({ value }) => value as Promise<void>))).resolves.toEqual(
      [undefined],
    );
  });

  it('is not disturbed by what a function that ran over throws in the end', async () => {
    const late = Promise.withResolvers<never>();
    const { result } = await invoker(() => late.promise, { timeoutMs: 5 })('{}');
    late.reject(new Error('late'));
    await systemClock.sleep(5, new AbortController().signal);
    expect(result.kind).toBe('function-error');
  });
});
