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
  let changes = 100;
  const arrival = (letterId: string) => ({ letterId, sequenceNumber: String((changes += 1)) });
  const none = { lane: '', place: 0 };
  /** Parks a new item with these letters, all of them kept. */
  const places = async (...letters: readonly string[]) => {
    item = newItem();
    const taken = [];
    for (const letter of letters) {
      const place = await memory.park(item, arrival(letter), clock);
      await memory.kept(item, place, clock);
      taken.push(place);
    }
    return taken;
  };
  const isParked = async (of = item) => (await memory.find(of, clock)) !== undefined;

  it('gives letters places in turn, and the last letter its own again', async () => {
    expect((await places('a', 'b', 'b', 'c')).map(({ place }) => place)).toEqual([0, 1, 1, 2]);
    expect(await isParked()).toBe(true);
    expect(await isParked(newItem())).toBe(false);
  });

  it('lets nobody join an item that is not parked', async () => {
    expect(await memory.join(newItem(), arrival('a'), clock)).toBeUndefined();
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
    expect(await isParked()).toBe(false);
    expect(await memory.turnOf(item, second, clock)).toBe('past');
    expect(await memory.join(item, arrival('c'), clock)).toBeUndefined();
  });

  it('knows the places of one parking from those of the next', async () => {
    const [old] = await places('a');
    if (old === undefined) throw new Error('no place');
    await memory.leave(item, old, clock);
    const next = await memory.park(item, arrival('b'), clock);
    expect(next.place).toBe(0);
    expect(next.lane).not.toBe(old.lane);
    await memory.kept(item, next, clock);
    expect(await memory.turnOf(item, old, clock)).toBe('past');
    await memory.leave(item, old, clock);
    expect(await isParked()).toBe(true);
  });

  it('gives the last place to another, as long as its letter is not kept', async () => {
    const [first] = await places('a');
    const second = await memory.join(item, arrival('b'), clock);
    expect([first?.place, second?.place]).toEqual([0, 1]);
    expect(await memory.join(item, arrival('c'), clock)).toEqual(second);
    await memory.kept(item, second ?? none, clock);
    expect((await memory.join(item, arrival('d'), clock))?.place).toBe(2);
    await memory.kept(item, first ?? none, clock);
    expect((await memory.join(item, arrival('e'), clock))?.place).toBe(2);
  });

  it('is not parked by a letter that is not kept', async () => {
    item = newItem();
    const place = await memory.park(item, arrival('a'), clock);
    expect(await isParked()).toBe(false);
    expect(await memory.turnOf(item, place, clock)).toBe('past');
    expect(await memory.park(item, arrival('a'), clock)).toEqual(place);
    expect((await memory.park(item, arrival('b'), clock)).lane).not.toBe(place.lane);
  });

  it('is open when all letters that are kept are settled, though another has a place', async () => {
    const [first] = await places('a');
    await memory.join(item, arrival('b'), clock);
    await memory.leave(item, first ?? none, clock);
    expect(await isParked()).toBe(false);
    expect(await memory.join(item, arrival('b'), clock)).toBeUndefined();
  });

  it('knows the changes between which it is parked', async () => {
    await places('a', 'b', 'c');
    expect(await memory.find(item, clock)).toEqual({ first: String(changes - 2), last: String(changes) });
    await memory.join(item, { letterId: 'old', sequenceNumber: '7' }, clock);
    expect(await memory.find(item, clock)).toMatchObject({ last: String(changes) });
  });

  it('can be opened, whatever letters it has', async () => {
    await places('a', 'b');
    expect(await memory.open(item, clock)).toBe(true);
    expect(await isParked()).toBe(false);
    expect(await memory.open(item, clock)).toBe(false);
  });

  it('gives each of many who ask at once a place, and loses none', async () => {
    const [first] = await places('first');
    const taken = await Promise.all(
      ['a', 'b', 'c', 'd'].map((letter) => memory.park(item, arrival(letter), clock)),
    );
    expect(new Set(taken.map(({ lane }) => lane))).toEqual(new Set([first?.lane]));
    expect(taken.every(({ place }) => place === 1)).toBe(true);
  });

  it('forgets a parked item 15 days after its last letter, when no queue has one any more', async () => {
    const startedAt = now;
    await places('a');
    now = startedAt + 14 * dayMs;
    await memory.join(item, arrival('b'), clock);
    now = startedAt + 28 * dayMs;
    expect(await isParked()).toBe(true);
    now = startedAt + 30 * dayMs;
    expect(await isParked()).toBe(false);
    expect((await memory.park(item, arrival('c'), clock)).place).toBe(0);
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
