import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { insertRecord, modifyRecord, removeRecord } from 'spillway/testing';
import { handler, router } from '../../handlers/orders.ts';
import { runFunction } from './run-function.ts';
import { cart, customer, order, ownItems } from './shop-items.ts';

const canceled = (...CancellationReasons: TransactionCanceledException['CancellationReasons'] & object) =>
  new TransactionCanceledException({ message: 'canceled', $metadata: {}, CancellationReasons });

const thrower = (error: Error) => () => {
  throw error;
};

describe('the function orders', () => {
  it('reserves the stock of an order, with a token that makes a repetition harmless', async () => {
    const { counts, requests } = await runFunction(router, [insertRecord(order)]);
    expect(counts).toMatchObject({ handled: 1 });
    expect(requests).toMatchObject([
      {
        ClientRequestToken: expect.stringMatching(/^[0-9a-f]{36}$/) as string,
        TransactItems: [{ Update: { TableName: 'Shop', Key: { pk: { S: 'STOCK#tea-green' } } } }],
      },
    ]);
  });

  it('tells the customer if there is not enough', async () => {
    const soldOut = canceled({ Code: 'ConditionalCheckFailed', Item: { available: { N: '1' } } });
    const answers = [thrower(soldOut), () => ({})];
    const { counts, requests } = await runFunction(router, [insertRecord(order)], () => answers.shift()?.());
    expect(counts).toMatchObject({ handled: 1 });
    expect(requests[1]).toMatchObject({ Item: { sk: { S: 'NOTE#o-1#SOLD-OUT' } } });
  });

  it('sends an order for an unknown item to the dead letters, at once', async () => {
    const unknown = canceled({ Code: 'None' }, { Code: 'ConditionalCheckFailed' });
    const { counts, letters } = await runFunction(router, [insertRecord(order)], thrower(unknown));
    expect(counts).toMatchObject({ 'dead-lettered': 1 });
    expect(letters).toMatchObject([{ route: 'reserve-stock', reason: 'permanent', attempts: 1 }]);
  });

  it('tries again when transactions have met on a stock item', async () => {
    const conflict = canceled({ Code: 'TransactionConflict' });
    const answers = [thrower(conflict), thrower(conflict), () => ({})];
    const { counts, requests } = await runFunction(router, [insertRecord(order)], () => answers.shift()?.());
    expect(counts).toMatchObject({ handled: 1 });
    expect(requests).toHaveLength(3);
  });

  it('tells the customer of a new status, and of nothing else that changes', async () => {
    const { requests } = await runFunction(router, [
      modifyRecord({ oldImage: order, newImage: { ...order, status: 'paid' } }),
      modifyRecord({ oldImage: order, newImage: { ...order, totalCents: 1 } }),
    ]);
    expect(requests).toMatchObject([{ Item: { pk: { S: 'CUSTOMER#c-1' }, sk: { S: 'NOTE#o-1#paid' } } }]);
  });

  it('reminds of a cart that has expired, and not of one that was deleted', async () => {
    const { counts, requests } = await runFunction(router, [
      removeRecord(cart, { expired: true }),
      removeRecord({ ...cart, pk: 'CART#k-2', cartId: 'k-2' }),
    ]);
    expect(counts).toMatchObject({ handled: 1, unrouted: 1 });
    expect(requests).toMatchObject([{ Item: { sk: { S: 'NOTE#k-1#REMINDER' } } }]);
  });

  it('welcomes a new customer', async () => {
    const { requests } = await runFunction(router, [insertRecord(customer)]);
    expect(requests).toMatchObject([{ Item: { text: { S: 'Welcome, Ada!' } } }]);
  });

  it('has no route for what the handlers write themselves', async () => {
    const records = ownItems.flatMap((item) => [
      insertRecord(item),
      modifyRecord({ oldImage: { ...item, before: true }, newImage: item }),
      removeRecord(item, { expired: true }),
    ]);
    const { counts, requests } = await runFunction(router, records);
    expect(counts).toMatchObject({ unrouted: records.length });
    expect(requests).toEqual([]);
  });

  it('can be looked at without any environment', () => {
    expect(handler.routes.map(({ name }) => name)).toEqual([
      'welcome',
      'reserve-stock',
      'tell-customer',
      'remind-of-cart',
    ]);
  });
});
