import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DevSession } from './dev-session.ts';
import { startDev } from './dev-session.ts';

const repository = resolve(import.meta.dirname, '../../..');

let dev: DevSession;
beforeAll(() => {
  dev = startDev(repository, '--no-watch');
});
afterAll(() => dev.remove());

const send = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
  const [, url = ''] = /^ {2}api +\S+ +(http:\S+)$/m.exec(dev.said()) ?? [];
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { code: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
};

describe('the example, packaged and run by spillway dev', () => {
  it('takes an order over HTTP, hands it to the functions behind the stream, and has its routes where its code has', async () => {
    await dev.says(/Ready in/, 60_000);
    const stocked = await send('POST', '/stock/tea', { quantity: 5, priceCents: 900 });
    expect(stocked).toMatchObject({ code: 200, body: { available: 5 } });
    const order = { customerId: 'ada', lines: { tea: 2 } };
    const placed = await send('POST', '/orders', order, { 'idempotency-key': 'k' });
    expect(placed).toMatchObject({ code: 201, body: { version: 1, totalCents: 1_800 } });
    const { orderId } = placed.body;
    const path = `/orders/${String(orderId)}`;
    const pay = () => send('PATCH', path, { status: 'paid' }, { 'if-match': '"1"' });
    expect(await pay()).toMatchObject({ code: 200, body: { version: 2 } });
    expect(await pay()).toMatchObject({ code: 412, body: { version: 2 } });
    expect(await send('GET', path)).toMatchObject({ code: 200, body: { orderId, status: 'paid' } });
    expect(await send('GET', '/orders?customerId=ada')).toMatchObject({ body: { orders: [{ orderId }] } });
    await dev.says(/ api {2,}PATCH \/orders\/\{orderId\} +412 +\d+ ms {2}ok$/m);
    // The consumer has taken what was ordered, and a piece is delivered with each look.
    let delivered = 0;
    await expect
      .poll(async () => {
        delivered += 1;
        const { body } = await send('POST', '/stock/tea', { quantity: 1 });
        return Number(body['available']) - delivered;
      })
      .toBe(3);
  }, 90_000);

  it('ends at Ctrl-C with nothing left behind', async () => {
    dev.pressCtrlC();
    expect(await dev.ended).toEqual([0, null]);
    expect(dev.temporaryFiles()).toEqual([]);
  });
});
