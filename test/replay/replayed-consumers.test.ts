import { afterEach, expect, it, vi } from 'vitest';
import { anyItem, createRouter } from '../../src/index.ts';
import { functionsOf, openConsumers } from '../../src/replay/replayed-consumers.ts';
import { lambdaContext } from '../../src/testing/index.ts';
import { planOf } from '../serverless/plugin/plan-of.ts';

afterEach(() => vi.unstubAllEnvs());

const queue = { 'Fn::GetAtt': ['SpillwayDeadLetters', 'Arn'] };

it.each(['orders', 'orders, of the EU', 'a=b', '100 % größer', '%zz'])(
  'a function that replays knows the functions of the consumer %j from what the plugin writes',
  (consumer) => {
    const { functions } = planOf({
      options: { consumer },
      others: { replay: { handler: 'handlers/replay.handler', events: [{ sqs: queue }] } },
    });
    vi.stubEnv('SPILLWAY_FUNCTIONS', String(functions.at(-1)?.environment['SPILLWAY_FUNCTIONS']));
    expect(functionsOf(undefined)).toEqual(new Map([['orders', consumer]]));
  },
);

it.each(['orders', 'orders=', '=orders', 'shop=a=b', 'shop-orders=%zz'])(
  'functions that are written otherwise, as %j, are refused',
  (text) => {
    vi.stubEnv('SPILLWAY_FUNCTIONS', text);
    expect(() => functionsOf(undefined)).toThrow(/SPILLWAY_FUNCTIONS must name functions/);
  },
);

it('a function whose pointers are run may be named by its ARN, as for the command', () => {
  const functions = functionsOf({
    'arn:aws:lambda:eu-central-1:123456789012:function:shop-orders': 'orders',
  });
  expect([...functions.keys()]).toEqual(['shop-orders']);
});

it('whoever has not said whose the pointers are is told how to say it to a function', () => {
  const router = createRouter().onInsert('one', anyItem(), () => undefined);
  const { targetIn } = openConsumers(router, { ledger: 'off', deadLetters: 'off' }, new Map());
  expect(targetIn(lambdaContext()).refusalOfPointer('shop-orders')).toMatch(/SPILLWAY_FUNCTIONS/);
});
