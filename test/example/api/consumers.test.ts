import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnyRouter } from 'spillway';
import { createHandler, dynamoDBLedger } from 'spillway';
import type { EventSourceMapping } from 'spillway/local';
import { startEventSourceMapping } from 'spillway/local';
import { memoryDeadLetters } from 'spillway/testing';
import { openStack } from '../../end-to-end/table-and-queue.ts';
import type { OpenApi } from './open-api.ts';
import { openApi } from './open-api.ts';

let api: OpenApi;
let aws: ReturnType<typeof openStack>;
let mappings: readonly EventSourceMapping[];
const deadLetters = memoryDeadLetters();

beforeAll(async () => {
  api = await openApi();
  aws = openStack(api.stack);
  await aws.createTable('Ledger', 'id');
  const [orders, totals] = await Promise.all([
    import('../../../handlers/orders.ts'),
    import('../../../handlers/totals.ts'),
  ]);
  mappings = await Promise.all([attach('orders', orders.router), attach('totals', totals.router)]);
});
afterAll(async () => {
  await Promise.all(mappings.map((mapping) => mapping.stop()));
  aws.close();
  await api.close();
});

const attach = (consumer: string, router: AnyRouter) =>
  startEventSourceMapping({
    EventSourceArn: api.streamArn,
    StartingPosition: 'TRIM_HORIZON',
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    stack: api.stack,
    invoke: createHandler(router, {
      consumer,
      ledger: dynamoDBLedger({ tableName: 'Ledger', client: aws.dynamodb }),
      deadLetters,
      log: 'off',
    }),
  });

const notesOf = async (customerId: string) =>
  (await aws.scan('Shop'))
    .filter(({ pk, sk }) => pk === `CUSTOMER#${customerId}` && String(sk).startsWith('NOTE#'))
    .map(({ sk }) => String(sk));

/** Of all days, or of all customers. */
async function sumsOf(kind: 'DAY' | 'ORDERS') {
  const rows = (await aws.scan('Shop')).filter(({ sk }) => sk === kind);
  const sum = (name: string) => rows.reduce((total, row) => total + Number(row[name] ?? 0), 0);
  return { orders: sum('orders'), cancelled: sum('cancelled'), cents: sum('cents') };
}

describe('an order that came by the API', () => {
  it('goes through the consumers of the stream: stock, totals and notes, each once', async () => {
    await api.call('POST /stock/rare', { body: { quantity: 5, priceCents: 250 } });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        api.call('POST /orders', {
          body: { customerId: `c-${index % 4}`, lines: { rare: 1 } },
          headers: { 'idempotency-key': `k-${index}` },
        }),
      ),
    );
    const placed = answers.filter(({ status }) => status === 201).map(({ body }) => body);
    expect(placed.length).toBeGreaterThanOrEqual(5);
    const [first] = placed;
    const { orderId, customerId } = first ?? {};
    await api.call(`PATCH /orders/${String(orderId)}`, {
      body: { status: 'cancelled' },
      headers: { 'if-match': '"1"' },
    });
    // What the consumers write is in the stream after the first time; nothing is written on account of that.
    for (const mapping of [...mappings, ...mappings]) await mapping.untilCaughtUp();

    expect(await api.get('STOCK#rare', 'LEVEL')).toMatchObject({ available: 0, priceCents: 250 });
    const notes = (await Promise.all([0, 1, 2, 3].map((index) => notesOf(`c-${index}`)))).flat();
    expect(notes.filter((note) => note.endsWith('#SOLD-OUT'))).toHaveLength(placed.length - 5);
    expect(await notesOf(String(customerId))).toContain(`NOTE#${String(orderId)}#cancelled`);
    expect(await sumsOf('DAY')).toEqual({
      orders: placed.length,
      cancelled: 1,
      cents: 250 * (placed.length - 1),
    });
    expect(await sumsOf('ORDERS')).toMatchObject({ orders: placed.length });
    expect(deadLetters.letters).toEqual([]);
  });
});
