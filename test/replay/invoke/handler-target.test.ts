import { afterEach, expect, it, vi } from 'vitest';
import { anyItem, createHandler, createRouter } from '../../../src/index.ts';
import { handlerTarget } from '../../../src/replay/target/handler-target.ts';
import { lambdaContext } from '../../../src/testing/index.ts';

afterEach(() => vi.unstubAllEnvs());

const handlerOf = (options: { readonly consumer?: string }) =>
  createHandler(
    createRouter().onInsert('count', anyItem(), () => undefined),
    { ...options, ledger: 'off', deadLetters: 'off' },
  );
const time = { timeoutMs: 1_000, now: () => 0 };

it('Promise 4: a pointer is left to a handler of which nobody says as which consumer it knows its work', () => {
  const refusal = (options: { readonly consumer?: string }) =>
    handlerTarget(handlerOf(options), time, ['shop-totals']).refusalOfPointer('shop-totals');
  expect(refusal({})).toMatch(/by which consumer the ledger knows its work \(--consumer NAME/);
  expect(refusal({ consumer: 'totals' })).toBeUndefined();
  vi.stubEnv('SPILLWAY_CONSUMER', 'totals');
  expect(refusal({})).toBeUndefined();
});

it('a pointer is for a function of the queue that was told so by its name', () => {
  const context = lambdaContext();
  const target = handlerTarget(handlerOf({}), { context }, ['shop-totals']);
  expect(target.refusalOfPointer('shop-totals')).toBeUndefined();
  expect(target.refusalOfPointer('shop-orders')).toContain('the handler here is that of "shop-totals"');
});
