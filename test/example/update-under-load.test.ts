import { setTimeout as wait } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { expect, it, onTestFinished } from 'vitest';
import { clientConfig } from '../dead-letter/queues.ts';
import { copyService, runService } from './deployed-service.ts';
import { customer, order } from './shop-items.ts';

const table = 'shop-ShopTable';

it('Promises 1, 2 and 4: the packaged example is updated and rolled back under load, and each change is handled once', async () => {
  // The framework cannot package a folder twice at a time.
  const [its, earlier] = [copyService(), copyService()];
  onTestFinished(its.remove);
  onTestFinished(earlier.remove);
  its.edit('handlers/orders.ts', 'Welcome, ', 'Be welcome, ');
  its.edit('handlers/totals.ts', "'ADD orders :orders", "'SET updated = :orders ADD orders :orders");
  const [before, after] = await Promise.all([earlier.package('dev'), its.package('dev')]);

  const { stack, service, errors, stop } = await runService(its.folder, before);
  onTestFinished(stop);
  const client = new DynamoDBClient({
    ...clientConfig(stack),
    endpoint: stack.environment.AWS_ENDPOINT_URL_DYNAMODB,
  });
  onTestFinished(() => client.destroy());
  const put = (item: object) => client.send(new PutItemCommand({ TableName: table, Item: marshall(item) }));
  await put({ pk: 'STOCK#tea-green', sk: 'LEVEL', available: 100_000 });

  let written = 0;
  const enough = new AbortController();
  const writing = (async () => {
    for (; !enough.signal.aborted; written += 1) {
      await put({ ...customer, pk: `CUSTOMER#${written}`, customerId: String(written) });
      await put({ ...order, pk: `ORDER#${written}`, orderId: String(written), customerId: String(written) });
      await wait(2);
    }
  })();
  for (const template of [after, before, after]) {
    await wait(300);
    await service.apply(template);
  }
  await wait(300);
  enough.abort();
  await writing;
  await service.untilCaughtUp();

  const items: Record<string, unknown>[] = [];
  for (let start: Record<string, never> | undefined; ;) {
    const page = await client.send(
      new ScanCommand({ TableName: table, ConsistentRead: true, ExclusiveStartKey: start }),
    );
    items.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    start = page.LastEvaluatedKey as Record<string, never> | undefined;
    if (start === undefined) break;
  }
  const one = (pk: string) => items.find((item) => item['pk'] === pk);
  const notes = items.filter(({ sk }) => sk === 'NOTE#WELCOME').map(({ text }) => String(text));
  const [oldTexts, newTexts] = [
    notes.filter((text) => text.startsWith('Welcome')),
    notes.filter((text) => text.startsWith('Be welcome')),
  ];

  expect(errors).toEqual([]);
  expect(written).toBeGreaterThan(50);
  expect(notes).toHaveLength(written);
  expect(oldTexts.length).toBeGreaterThan(0);
  expect(newTexts.length).toBeGreaterThan(0);
  // These add up: what was handled twice would be in them twice.
  expect(one(`TOTALS#${order.placedOn}`)).toMatchObject({
    orders: written,
    cents: written * order.totalCents,
    updated: 1,
  });
  expect(one('STOCK#tea-green')).toMatchObject({ available: 100_000 - 2 * written });
}, 60_000);
