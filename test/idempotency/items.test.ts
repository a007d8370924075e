import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoDBStore } from '../../src/idempotency/dynamodb-store.ts';
import type { ItemMemory, ItemName } from '../../src/idempotency/item-memory.ts';
import type { Store } from '../../src/idempotency/store.ts';
import { storeItems } from '../../src/idempotency/store-items.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { memoryStore } from '../../src/testing/memory-store.ts';
import { dynamoDBClient, makeTable } from './tables.ts';

const dayMs = 86_400_000;
let stack: LocalStack;
let items = 0;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

const stores: readonly (readonly [string, () => Promise<Store>])[] = [
  ['in memory', () => Promise.resolve(memoryStore())],
  [
    'in a DynamoDB table',
    async () => {
      const client = dynamoDBClient(stack);
      return dynamoDBStore(client, await makeTable(client, 'ledger-of-items', ['id']), systemRuntime);
    },
  ],
];

describe.each(stores)('what a ledger remembers of items, %s', (_, make) => {
  let memory: ItemMemory;
  let item: ItemName;
  let now = Date.UTC(2026, 0, 1);
  const clock = { now: () => now };
  beforeAll(async () => {
    memory = storeItems(await make(), 172_800);
  });
  const newItem = (): ItemName => {
    items += 1;
    return { consumer: 'shop', eventSourceArn: 'arn:of:a:stream', item: `pk ${items}` };
  };
  const places = async (...letters: readonly string[]) => {
    item = newItem();
    const [first, ...others] = letters;
    const taken = [await memory.park(item, first ?? '', clock)];
    for (const letter of others) taken.push(await memory.park(item, letter, clock));
    return taken;
  };

  it('gives letters places in turn, and the last letter its own again', async () => {
    expect((await places('a', 'b', 'b', 'c')).map(({ place }) => place)).toEqual([0, 1, 1, 2]);
    expect(await memory.isParked(item, clock)).toBe(true);
    expect(await memory.isParked(newItem(), clock)).toBe(false);
  });

  it('lets nobody join an item that is not parked', async () => {
    expect(await memory.join(newItem(), 'a', clock)).toBeUndefined();
  });

  it('says whose turn it is, and opens the item with the last', async () => {
    const [first, second] = await places('a', 'b');
    if (first === undefined || second === undefined) throw new Error('no places');
    expect(await memory.turnOf(item, first, clock)).toBe('now');
    expect(await memory.turnOf(item, second, clock)).toBe('later');
    await memory.leave(item, second, clock);
    expect(await memory.turnOf(item, second, clock)).toBe('later');
    await memory.leave(item, first, clock);
    await memory.leave(item, first, clock);
    expect(await memory.turnOf(item, first, clock)).toBe('past');
    expect(await memory.turnOf(item, second, clock)).toBe('now');
    await memory.leave(item, second, clock);
    expect(await memory.isParked(item, clock)).toBe(false);
    expect(await memory.turnOf(item, second, clock)).toBe('past');
    expect(await memory.join(item, 'c', clock)).toBeUndefined();
  });

  it('knows the places of one parking from those of the next', async () => {
    const [old] = await places('a');
    if (old === undefined) throw new Error('no place');
    await memory.leave(item, old, clock);
    const next = await memory.park(item, 'b', clock);
    expect(next.place).toBe(0);
    expect(next.lane).not.toBe(old.lane);
    expect(await memory.turnOf(item, old, clock)).toBe('past');
    await memory.leave(item, old, clock);
    expect(await memory.isParked(item, clock)).toBe(true);
  });

  it('gives each of many who ask at once a place of its own', async () => {
    item = newItem();
    await memory.park(item, 'first', clock);
    const taken = await Promise.all(['a', 'b', 'c', 'd'].map((letter) => memory.park(item, letter, clock)));
    expect(taken.map(({ place }) => place).toSorted()).toEqual([1, 2, 3, 4]);
  });

  it('forgets a parked item 15 days after its last letter, when no queue has one any more', async () => {
    const startedAt = now;
    await places('a');
    now = startedAt + 14 * dayMs;
    await memory.join(item, 'b', clock);
    now = startedAt + 28 * dayMs;
    expect(await memory.isParked(item, clock)).toBe(true);
    now = startedAt + 30 * dayMs;
    expect(await memory.isParked(item, clock)).toBe(false);
    expect((await memory.park(item, 'c', clock)).place).toBe(0);
  });

  it('remembers the latest change that was replayed, for as long as a settled record', async () => {
    item = newItem();
    expect(await memory.lastReplayed(item, clock)).toBeUndefined();
    await memory.markReplayed(item, '123', clock);
    expect(await memory.lastReplayed(item, clock)).toBe('123');
    now += 2 * dayMs + 1_000;
    expect(await memory.lastReplayed(item, clock)).toBeUndefined();
  });
});
