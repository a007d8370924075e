import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenApi } from './open-api.ts';
import { openApi } from './open-api.ts';

let api: OpenApi;

const statuses = ['placed', 'paid', 'shipped', 'cancelled'] as const;
const dayOf = (index: number) => `2026-11-${String(1 + (index % 9)).padStart(2, '0')}`;

/** Many share a day, so that pages end within one. */
const ordersOf = (customerId: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    orderId: `${customerId}-${index}`,
    customerId,
    status: statuses[(index * 7) % 4] ?? 'placed',
    placedOn: dayOf(index * 5),
    lines: { tea: 1 },
    totalCents: 900,
    version: 1,
  }));
const ada = ordersOf('ada', 60);
const bob = ordersOf('bob', 10);

beforeAll(async () => {
  api = await openApi();
  await api.put(
    ...[...ada, ...bob].map((order) => ({ pk: `ORDER#${order.orderId}`, sk: 'SUMMARY', ...order })),
    // What is of a customer and no order is not in the list.
    { pk: 'CUSTOMER#ada', sk: 'PROFILE', customerId: 'ada', name: 'Ada' },
    { pk: 'CART#k', sk: 'CART', customerId: 'ada', cartId: 'k', lines: {}, expiresAt: 9_999_999_999 },
  );
});
afterAll(() => api.close());

type Query = Readonly<Record<string, string | number | undefined>>;
type Order = (typeof ada)[number];

const page = async (query: Query) => {
  const { status, body } = await api.call('GET /orders', { query });
  return {
    status,
    orders: (body['orders'] ?? []) as readonly Order[],
    cursor: body['cursor'] as string | undefined,
  };
};

async function allPages(query: Query): Promise<readonly (readonly Order[])[]> {
  const pages: (readonly Order[])[] = [];
  let cursor: string | undefined;
  do {
    const { orders, ...next } = await page({ ...query, cursor });
    pages.push(orders);
    cursor = next.cursor;
  } while (cursor !== undefined && pages.length < 200);
  return pages;
}

describe('GET /orders', () => {
  it('gives every order that fits once and the newest day first, whatever the pages and the filters', async () => {
    const day = fc.integer({ min: 0, max: 8 }).map(dayOf);
    const queries = fc.record(
      { limit: fc.integer({ min: 1, max: 100 }), status: fc.constantFrom(...statuses), from: day, to: day },
      { requiredKeys: ['limit'] },
    );
    await fc.assert(
      fc.asyncProperty(queries, async ({ limit, status, from = '0000', to = '9999' }) => {
        fc.pre(from <= to);
        const days = { ...(from !== '0000' && { from }), ...(to !== '9999' && { to }) };
        const pages = await allPages({ customerId: 'ada', limit, status, ...days });
        const found = pages.flat();
        const expected = ada.filter(
          (order) =>
            (status === undefined || order.status === status) &&
            from <= order.placedOn &&
            order.placedOn <= to,
        );
        const byId = (orders: readonly Order[]) =>
          orders.toSorted((a, b) => (a.orderId < b.orderId ? -1 : 1));
        expect(byId(found)).toEqual(byId(expected));
        const daysFound = found.map(({ placedOn }) => placedOn);
        expect(daysFound).toEqual(daysFound.toSorted().toReversed());
        expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 60 },
    );
  });

  it('loses and repeats nothing while statuses change and orders come in between the pages', async () => {
    const first = await page({ customerId: 'bob', limit: 3 });
    await api.put({ ...ordersOf('bob', 11)[10], pk: 'ORDER#bob-10', sk: 'SUMMARY', placedOn: '2026-12-01' });
    const [seen] = first.orders;
    await api.put({
      ...seen,
      pk: `ORDER#${seen?.orderId ?? ''}`,
      sk: 'SUMMARY',
      status: 'cancelled',
      version: 2,
    });
    const rest = await page({ customerId: 'bob', cursor: first.cursor });
    const ids = [...first.orders, ...rest.orders].map(({ orderId }) => orderId);
    expect(ids.toSorted()).toEqual(bob.map(({ orderId }) => orderId).toSorted());
  });

  it('does not take the cursor of another list', async () => {
    const { cursor } = await page({ customerId: 'ada', limit: 5, from: '2026-11-01', to: '2026-11-05' });
    expect(cursor).toEqual(expect.any(String));
    expect(await page({ customerId: 'ada', limit: 5, to: '2026-11-05', cursor })).toMatchObject({
      status: 200,
    });
    expect(await page({ customerId: 'bob', limit: 5, cursor })).toMatchObject({ status: 400 });
    expect(await page({ customerId: 'ada', from: '2026-11-06', cursor })).toMatchObject({ status: 400 });
  });

  it('answers a cursor that was tampered with by 400, or with orders of the one who was asked for', async () => {
    const { cursor = '' } = await page({ customerId: 'ada', limit: 5 });
    const text = Buffer.from(cursor, 'base64url').toString();
    const asCursor = (value: string) => Buffer.from(value).toString('base64url');
    const tampered = fc.oneof(
      fc.string({ maxLength: 100 }),
      fc.json().map(asCursor),
      // One character of the JSON, or of the cursor itself, is another.
      fc
        .tuple(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 1 }))
        .map(([at, other]) => asCursor(text.slice(0, at) + other + text.slice(at + 1))),
      fc
        .tuple(fc.nat(cursor.length - 1), fc.constantFrom('A', '_', '%', '='))
        .map(([at, other]) => cursor.slice(0, at) + other + cursor.slice(at + 1)),
      fc
        .constantFrom(bob[0]?.orderId ?? '', 'x', '𝕏'.repeat(30), 'a#b')
        .map((orderId) => asCursor(JSON.stringify({ customerId: 'ada', orderId, placedOn: '2026-11-04' }))),
    );
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(tampered, async (changed) => {
        const { status, orders } = await page({ customerId: 'ada', limit: 5, cursor: changed });
        expect([200, 400]).toContain(status);
        expect(orders.every(({ customerId }) => customerId === 'ada')).toBe(true);
        if (status === 400) refused += 1;
      }),
      { numRuns: 200 },
    );
    expect(refused).toBeGreaterThan(50);
  });

  it.each([
    ['no customer', {}],
    ['a limit of nothing', { customerId: 'ada', limit: 0 }],
    ['a limit that is too high', { customerId: 'ada', limit: 101 }],
    ['a status that there is not', { customerId: 'ada', status: 'lost' }],
    ['a day that there is not', { customerId: 'ada', from: '2026-02-30' }],
    ['days the wrong way round', { customerId: 'ada', from: '2026-11-02', to: '2026-11-01' }],
    ['a filter that there is not', { customerId: 'ada', colour: 'blue' }],
  ])('refuses %s', async (_, query) => {
    expect(await page(query)).toMatchObject({ status: 400 });
  });
});
