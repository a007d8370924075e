import { describe, expect, it } from 'vitest';
import { insertRecord, modifyRecord } from 'spillway/testing';
import { router } from '../../handlers/totals.ts';
import { runFunction } from './run-function.ts';
import { order, ownItems } from './shop-items.ts';

const added = (orders: string, cancelled: string, cents: string) => ({
  Key: { pk: { S: 'TOTALS#2026-11-01' }, sk: { S: 'DAY' } },
  ExpressionAttributeValues: {
    ':orders': { N: orders },
    ':cancelled': { N: cancelled },
    ':cents': { N: cents },
  },
});

describe('the function totals', () => {
  it('counts an order on its day, and takes the money off again when it is cancelled', async () => {
    const { requests } = await runFunction(router, [
      insertRecord(order),
      modifyRecord({ oldImage: order, newImage: { ...order, status: 'cancelled' } }),
    ]);
    expect(requests).toMatchObject([added('1', '0', '1800'), added('0', '1', '-1800')]);
  });

  it('counts an order once, however often it is delivered', async () => {
    const record = insertRecord(order);
    const { counts, requests } = await runFunction(router, [record, record, record]);
    expect(counts).toMatchObject({ handled: 1, duplicate: 2 });
    expect(requests).toHaveLength(1);
  });

  it('passes over a payment', async () => {
    const paid = modifyRecord({ oldImage: order, newImage: { ...order, status: 'paid' } });
    expect(await runFunction(router, [paid])).toMatchObject({ counts: { unrouted: 1 }, requests: [] });
  });

  it('sends an order that is none to the dead letters, and says what is wrong with it', async () => {
    const { letters } = await runFunction(router, [insertRecord({ ...order, totalCents: -1 })]);
    expect(letters).toMatchObject([
      { route: 'count-order', reason: 'schema', error: { issues: [{ path: 'newImage.totalCents' }] } },
    ]);
  });

  it('has no route for what the handlers write themselves', async () => {
    const { counts } = await runFunction(
      router,
      ownItems.map((item) => insertRecord(item)),
    );
    expect(counts).toMatchObject({ unrouted: ownItems.length });
  });
});
