import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiAnswer, OpenApi } from './open-api.ts';
import { openApi } from './open-api.ts';

let api: OpenApi;

beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const stock = (item: string, quantity: number, priceCents = 900) =>
  api.call(`POST /stock/${item}`, { body: { quantity, priceCents } });

const place = (customerId: string, lines: object, headers: Record<string, string> = {}) =>
  api.call('POST /orders', { body: { customerId, lines }, headers });

const numbered = <Value>(length: number, make: (index: number) => Value): readonly Value[] =>
  Array.from({ length }, (_, index) => make(index));

const statuses = (answers: readonly ApiAnswer[]) => Object.groupBy(answers, ({ status }) => status);

describe('POST /orders', () => {
  it('places an order at the prices of the stock, and counts it for its customer', async () => {
    await stock('tea', 10, 950);
    await stock('cup', 10, 1_200);
    const { status, headers, body } = await place('ada', { tea: 2, cup: 1 });
    expect(status).toBe(201);
    expect(headers).toMatchObject({ etag: '"1"', 'content-type': 'application/json' });
    expect(body).toEqual({
      orderId: expect.any(String) as string,
      customerId: 'ada',
      status: 'placed',
      placedOn: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
      lines: { tea: 2, cup: 1 },
      totalCents: 3_100,
      version: 1,
    });
    expect(await api.get(`ORDER#${String(body['orderId'])}`, 'SUMMARY')).toMatchObject(body);
    expect(await api.get('CUSTOMER#ada', 'ORDERS')).toMatchObject({ orders: 1 });
  });

  it('tells what is not sold here from what is sold out, and writes nothing of either', async () => {
    await stock('pot', 3);
    await stock('can', 3);
    expect(await place('bob', { pot: 1, unicorn: 1 })).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/problem+json' },
      body: { status: 400, items: ['unicorn'] },
    });
    expect(await place('bob', { can: 1, pot: 4 })).toMatchObject({ status: 409, body: { items: ['pot'] } });
    expect(await api.get('CUSTOMER#bob', 'ORDERS')).toBeUndefined();
    expect((await api.call('GET /orders', { query: { customerId: 'bob' } })).body).toEqual({ orders: [] });
  });

  it('takes a request with the same key for the same order, however often and at whatever time it comes', async () => {
    await stock('jar', 2);
    const headers = { 'idempotency-key': 'k-1' };
    const answers = await Promise.all(numbered(10, () => place('eve', { jar: 2 }, headers)));
    expect(new Set(answers.map(({ body }) => body['orderId'])).size).toBe(1);
    expect(statuses(answers)).toMatchObject({ 201: { length: 1 }, 200: { length: 9 } });
    expect(await api.get('CUSTOMER#eve', 'ORDERS')).toMatchObject({ orders: 1 });

    // What is sold out since does not turn the answer into another one.
    await api.put({ pk: 'STOCK#jar', sk: 'LEVEL', available: 0, priceCents: 900 });
    expect(await place('eve', { jar: 2 }, headers)).toMatchObject({
      status: 200,
      body: { totalCents: 1_800 },
    });
    expect(await place('eve', { jar: 1 }, headers)).toMatchObject({ status: 409 });
    expect(await place('mallory', { jar: 2 }, headers)).toMatchObject({
      status: 409,
      body: { items: ['jar'] },
    });
  });

  it('refuses whatever is more than there is, while the stock changes under it', async () => {
    await stock('rare', 5);
    const answers = await Promise.all(
      numbered(20, (index) => place(`c-${index % 3}`, { rare: index < 10 ? 5 : 6 })),
    );
    expect(statuses(answers.slice(0, 10))).toMatchObject({ 201: { length: 10 } });
    expect(statuses(answers.slice(10))).toMatchObject({ 409: { length: 10 } });
    const counts = await Promise.all(numbered(3, (index) => api.get(`CUSTOMER#c-${index}`, 'ORDERS')));
    expect(counts.map((row) => row?.['orders'])).toEqual([4, 3, 3]);
  });

  it.each([
    ['no body', undefined],
    ['broken JSON', '{'],
    ['no lines', { customerId: 'ada', lines: {} }],
    [
      'too many lines',
      { customerId: 'ada', lines: Object.fromEntries(numbered(51, (index) => [`i${index}`, 1])) },
    ],
    ['half a piece', { customerId: 'ada', lines: { tea: 0.5 } }],
    ['less than nothing', { customerId: 'ada', lines: { tea: -1 } }],
    ['a key that is none', { customerId: 'a#b', lines: { tea: 1 } }],
    ['an item called __proto__', '{"customerId":"ada","lines":{"__proto__":1}}'],
    ['a price of its own', { customerId: 'ada', lines: { tea: 1 }, totalCents: 1 }],
  ])('refuses %s', async (_, body) => {
    expect(await api.call('POST /orders', { body })).toMatchObject({
      status: 400,
      body: { title: 'The request is not as it should be', issues: expect.any(Array) as unknown[] },
    });
  });
});

describe('GET /orders/{orderId}', () => {
  it('gives the order, and 404 for one that is not there', async () => {
    await stock('tea', 1);
    const { body } = await place('ada', { tea: 1 });
    const path = `GET /orders/${String(body['orderId'])}`;
    expect(await api.call(path)).toMatchObject({ status: 200, headers: { etag: '"1"' }, body });
    expect(await api.call('GET /orders/none')).toMatchObject({ status: 404 });
    expect(await api.call('GET /orders/%E0%A4')).toMatchObject({ status: 400 });
    expect(await api.call('GET /else')).toMatchObject({ status: 404, body: { title: 'Not found' } });
  });
});

describe('PATCH /orders/{orderId}', () => {
  const placed = async () => {
    await stock('tea', 1);
    return String((await place('ada', { tea: 1 })).body['orderId']);
  };
  const change = (orderId: string, status: string, version: number) =>
    api.call(`PATCH /orders/${orderId}`, { body: { status }, headers: { 'if-match': `"${version}"` } });

  it('takes an order from status to status, a version each', async () => {
    const orderId = await placed();
    expect(await change(orderId, 'paid', 1)).toMatchObject({ status: 200, headers: { etag: '"2"' } });
    expect(await change(orderId, 'shipped', 2)).toMatchObject({ body: { status: 'shipped', version: 3 } });
    expect(await change(orderId, 'cancelled', 3)).toMatchObject({
      status: 409,
      body: { title: 'The order is shipped', version: 3 },
    });
  });

  it('lets one of many win that have read the same version, and tells the others the one of now', async () => {
    const orderId = await placed();
    const answers = await Promise.all(
      numbered(20, (index) => change(orderId, index % 2 === 0 ? 'paid' : 'cancelled', 1)),
    );
    const { 200: won = [], 412: lost = [] } = statuses(answers);
    expect([won.length, lost.length]).toEqual([1, 19]);
    expect(lost[0]).toMatchObject({ headers: { etag: '"2"' }, body: { version: 2 } });
    const { body } = await api.call(`GET /orders/${orderId}`);
    expect(body).toEqual(won[0]?.body);
  });

  it('refuses a change without a version, to the first status, or of an order that is not there', async () => {
    const orderId = await placed();
    expect(await api.call(`PATCH /orders/${orderId}`, { body: { status: 'paid' } })).toMatchObject({
      status: 400,
      body: { issues: [{ path: ['headers', 'if-match'] }] },
    });
    expect(await change(orderId, 'placed', 1)).toMatchObject({ status: 400 });
    expect(await change(orderId, 'shipped', 1)).toMatchObject({ status: 409 });
    expect(await change('none', 'paid', 1)).toMatchObject({ status: 404 });
  });
});

describe('POST /stock/{item}', () => {
  it('counts every one of many deliveries, while orders check the same item', async () => {
    await stock('oolong', 1, 700);
    const deliveries = numbered(50, (index) =>
      api.call('POST /stock/oolong', { body: { quantity: index + 1 } }),
    );
    const orders = numbered(10, (index) => place(`d-${index}`, { oolong: 1 }));
    expect(statuses(await Promise.all(deliveries))).toMatchObject({ 200: { length: 50 } });
    expect(statuses(await Promise.all(orders))).toMatchObject({ 201: { length: 10 } });
    expect(await api.get('STOCK#oolong', 'LEVEL')).toMatchObject({ available: 1 + (50 * 51) / 2 });
  });

  it('gives the level of now, and wants a price for what is new', async () => {
    expect(await api.call('POST /stock/mate', { body: { quantity: 1 } })).toMatchObject({ status: 404 });
    expect((await stock('mate', 1, 500)).body).toEqual({ item: 'mate', available: 1, priceCents: 500 });
    expect((await api.call('POST /stock/mate', { body: { quantity: 4 } })).body).toEqual({
      item: 'mate',
      available: 5,
      priceCents: 500,
    });
    expect(await api.call('POST /stock/mate', { body: { quantity: 0 } })).toMatchObject({ status: 400 });
  });
});
