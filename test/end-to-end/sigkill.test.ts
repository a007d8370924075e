import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from 'spillway/local';
import { startLocalStack } from 'spillway/local';
import { openStack } from './table-and-queue.ts';

const kills = 6;
const concurrency = 10;
const items = Array.from({ length: 20 }, (_, index) => `ITEM#${index}`);
const changesPerItem = 20;

let stack: LocalStack;
let aws: ReturnType<typeof openStack>;

beforeAll(async () => {
  stack = await startLocalStack();
  aws = openStack(stack);
});

afterAll(async () => {
  aws.close();
  await stack.stop();
});

describe('a consumer that is killed', () => {
  it('Promises 1, 2 and 4: loses nothing, keeps the order, and repeats at most what was in hand at each kill', async () => {
    await aws.createTable('Ledger', 'id');
    await aws.createTable('Effects', 'item');
    const streamArn = await aws.createTable('Changes', 'pk');
    for (let n = 1; n <= changesPerItem; n += 1) await aws.put('Changes', ...items.map((pk) => ({ pk, n })));

    for (let kill = 0; kill < kills; kill += 1) {
      const consumer = startConsumer(streamArn);
      await once(consumer.stdout, 'data');
      await new Promise((later) => setTimeout(later, 20 + Math.random() * 120));
      consumer.kill('SIGKILL');
      await once(consumer, 'exit');
    }
    const before = await aws.scan('Effects');
    const last = startConsumer(streamArn);
    const [code] = (await once(last, 'exit')) as [number];
    expect(code).toBe(0);

    const effects = await aws.scan('Effects');
    const all = Array.from({ length: changesPerItem }, (_, index) => index + 1);
    let repeated = 0;
    for (const { changes } of effects) {
      const order = changes as readonly number[];
      expect([...new Set(order)]).toEqual(all);
      expect(order.toSorted((a, b) => a - b)).toEqual(order);
      repeated += order.length - changesPerItem;
    }
    expect(effects).toHaveLength(items.length);
    expect(repeated).toBeLessThanOrEqual(kills * concurrency);
    // The kills came in the middle of the work, or this would show nothing.
    const doneBefore = before.reduce((sum, { changes }) => sum + (changes as readonly number[]).length, 0);
    expect(doneBefore).toBeGreaterThan(0);
    expect(doneBefore).toBeLessThan(items.length * changesPerItem);
  });
});

const startConsumer = (streamArn: string) =>
  spawn(
    process.execPath,
    [
      '--conditions=spillway-source',
      `${import.meta.dirname}/programs/consumer.ts`,
      JSON.stringify({ environment: stack.environment, streamArn }),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
