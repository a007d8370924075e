import { inspect } from 'node:util';
import type { ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-dynamodb';
import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lambdaContext } from 'spillway/testing';
import { handler } from '../../../handlers/api.ts';
import { dynamodb } from '../../../handlers/shop.ts';
import type { ApiRequest } from './http-event.ts';
import { httpEvent } from './http-event.ts';

/** What DynamoDB answers, request by request: what the local engine cannot be brought to answer. */
const answers: ((input: ServiceInputTypes) => object)[] = [];
const logged: string[] = [];

beforeEach(() => {
  vi.stubEnv('SHOP_TABLE', 'Shop');
  vi.spyOn(console, 'error').mockImplementation((...parts) => logged.push(inspect(parts, { depth: null })));
  dynamodb.middlewareStack.add(
    () =>
      ({ input }) => {
        const answer = answers.length > 1 ? answers.shift() : answers[0];
        return Promise.resolve({ output: answer?.(input) as ServiceOutputTypes, response: undefined });
      },
    { name: 'answers', step: 'initialize', priority: 'high' },
  );
});
afterEach(() => {
  dynamodb.middlewareStack.remove('answers');
  answers.length = 0;
  logged.length = 0;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const call = async (route: string, request?: ApiRequest) => {
  const result = await handler(httpEvent(route, request), lambdaContext());
  const { statusCode, headers, body } = result as { statusCode: number; headers: object; body: string };
  return { statusCode, headers, text: body };
};
const throwing = (error: Error) => () => {
  throw error;
};
const order = { body: { customerId: 'ada', lines: { tea: 1 } } };
const delivery = { body: { quantity: 1 } };
const conflict = new TransactionConflictException({ message: 'conflict', $metadata: {} });
const canceled = (Code: string) =>
  new TransactionCanceledException({
    message: 'canceled',
    $metadata: {},
    CancellationReasons: [{ Code: 'None' }, { Code, Item: { secret: { S: 'sesame' } } }, { Code: 'None' }],
  });

describe('the function api', () => {
  it('tries again when it meets a transaction on an item', async () => {
    const level = { Attributes: { available: { N: '3' }, priceCents: { N: '900' } } };
    answers.push(throwing(conflict), throwing(canceled('TransactionConflict')), () => level);
    expect(await call('POST /stock/tea', delivery)).toMatchObject({ statusCode: 200 });
  });

  it('gives that up after some attempts, and says when to come again', async () => {
    answers.push(throwing(conflict));
    expect(await call('POST /stock/tea', delivery)).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '1', 'content-type': 'application/problem+json' },
    });
  });

  it('tells of a mistake of its own no more than that there is one, and logs where it was', async () => {
    const stock = { Item: { priceCents: { N: '900' } } };
    answers.push(
      () => ({}),
      () => stock,
      throwing(canceled('ThrottlingError')),
    );
    const { statusCode, text } = await call('POST /orders', order);
    expect([statusCode, text]).toEqual([500, '{"title":"Internal server error","status":500}']);
    expect(logged).toEqual([expect.stringContaining('TransactionCanceledException')]);
    expect(logged.join()).not.toContain('sesame');
  });

  it('keeps to that if its environment is not set', async () => {
    vi.stubEnv('SHOP_TABLE', '');
    expect(await call('GET /orders/o-1')).toMatchObject({
      statusCode: 500,
      text: expect.not.stringContaining('SHOP_TABLE') as string,
    });
    expect(logged.join()).toContain('SHOP_TABLE');
  });
});

it('does not take a path for a shorter one', async () => {
  for (const route of ['POST /stock/TEA#2', 'POST /stock/TEA?2'])
    expect(await call(route, { body: { quantity: 1 } })).toMatchObject({ statusCode: 404 });
});
