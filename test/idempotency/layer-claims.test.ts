import { IdempotencyRecordStatus } from '@aws-lambda-powertools/idempotency';
import { IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClaimLostError } from '../../src/errors.ts';
import { dynamoDBStore } from '../../src/idempotency/dynamodb-store.ts';
import type { Entry } from '../../src/idempotency/entry.ts';
import type { LayerClaims } from '../../src/idempotency/layer-claims.ts';
import { layerClaims } from '../../src/idempotency/layer-claims.ts';
import type { Store } from '../../src/idempotency/store.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { claim, completion } from './commit-target.ts';
import { countRequests, loseAnswers } from './store-requests.ts';
import { dynamoDBClient, makeTable } from './tables.ts';

const table = 'Ledger';
const startMs = Date.UTC(2026, 0, 1);
let stack: LocalStack;
let client: DynamoDBClient;
let store: Store;
let keys = 0;
beforeAll(async () => {
  stack = await startLocalStack();
  client = dynamoDBClient(stack);
  store = dynamoDBStore(client, table, systemRuntime);
  await makeTable(client, table, ['id']);
});
afterAll(async () => {
  client.destroy();
  await stack.stop();
});

// Powertools' records look at the clock themselves.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: startMs });
});
afterEach(() => {
  vi.useRealTimers();
});
const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
const newKey = (): string => `payload#${(keys += 1)}`;

/** The layer as another process has it. */
const layer = (through = client): LayerClaims =>
  layerClaims(through, table, dynamoDBStore(through, table, systemRuntime), systemRuntime);

const expiryTimestamp = startMs / 1_000 + 172_800;
const inProgress = (idempotencyKey: string, leaseMs = 30_000) =>
  new IdempotencyRecord({
    idempotencyKey,
    status: IdempotencyRecordStatus.INPROGRESS,
    expiryTimestamp,
    inProgressExpiryTimestamp: Date.now() + leaseMs,
  });
const completed = (idempotencyKey: string, responseData?: IdempotencyRecord['responseData']) =>
  new IdempotencyRecord({
    idempotencyKey,
    status: IdempotencyRecordStatus.COMPLETED,
    expiryTimestamp: expiryTimestamp + 60,
    ...(responseData !== undefined && { responseData }),
  });

describe("a claim through Powertools' methods", () => {
  it('has an owner, which the completion keeps, beside the result and a new end', async () => {
    const key = newKey();
    const claims = layer();
    expect(await claims.take(inProgress(key))).toBe(true);
    const entry = await store.read(key);
    expect(entry).toEqual({
      ...claim(entry?.owner ?? '', key),
      leaseEndsAtMs: startMs + 30_000,
      expiresAtSeconds: expiryTimestamp,
    });
    expect(await claims.complete(completed(key, 'a result'))).toBe(true);
    expect(await store.read(key)).toEqual({
      ...entry,
      status: 'COMPLETED',
      data: 'a result',
      expiresAtSeconds: expiryTimestamp + 60,
    });
  });

  it('Promise 4: is one for all that ask at the same time', async () => {
    const key = newKey();
    const taken = await Promise.all(Array.from({ length: 10 }, () => layer().take(inProgress(key))));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('Promise 4: is refused while another holds it, or has completed it', async () => {
    for (const found of [claim('another', newKey()), completion('another', newKey())]) {
      await store.put([found]);
      expect(await layer().take(inProgress(found.key))).toBe(false);
      expect(await store.read(found.key)).toEqual(found);
    }
  });

  it.each<readonly [string, (key: string) => Entry]>([
    ['a claim whose lease is over', (key) => ({ ...claim('another', key), leaseEndsAtMs: startMs - 1 })],
    [
      "a claim of Powertools' own layer whose lease is over",
      (key) => ({ ...claim('', key), owner: undefined, leaseEndsAtMs: startMs - 1 }),
    ],
    [
      'what has expired',
      (key) => ({ ...completion('another', key), data: 'old', expiresAtSeconds: startMs / 1_000 }),
    ],
  ])('takes the place of %s, with nothing left of it', async (_, make) => {
    const key = newKey();
    await store.put([make(key)]);
    expect(await layer().take(inProgress(key))).toBe(true);
    expect(await store.read(key)).toMatchObject({ status: 'INPROGRESS', data: undefined });
  });

  it('can be made again when it was released', async () => {
    const key = newKey();
    const claims = layer();
    expect(await claims.take(inProgress(key))).toBe(true);
    expect(await claims.release(completed(key))).toBe(true);
    expect(await store.read(key)).toBeUndefined();
    expect(await layer().take(inProgress(key))).toBe(true);
  });

  it('is not known where it was not made', async () => {
    const key = newKey();
    await layer().take(inProgress(key));
    expect(await layer().complete(completed(key))).toBe(false);
    expect(await layer().release(completed(key))).toBe(false);
    expect(await store.read(key)).toMatchObject({ status: 'INPROGRESS' });
  });

  it('costs a request to take, one to complete and one to release', async () => {
    const [one, two] = [newKey(), newKey()];
    const claims = layer();
    const counted = countRequests(client);
    await claims.take(inProgress(one));
    await claims.complete(completed(one));
    await claims.take(inProgress(two));
    await claims.release(completed(two));
    expect(counted.stop()).toEqual({ BatchExecuteStatementCommand: 3, UpdateItemCommand: 1 });
  });
});

describe('a late run of another process', () => {
  const late = async () => {
    const key = newKey();
    const claims = layer();
    await claims.take(inProgress(key));
    pass(30_001);
    expect(await layer().take(inProgress(key))).toBe(true);
    return { key, claims, taken: await store.read(key) };
  };

  it('Promise 4: completes nothing that another has taken, and says so', async () => {
    const { key, claims, taken } = await late();
    await expect(claims.complete(completed(key, 'late'))).rejects.toThrow(ClaimLostError);
    expect(await store.read(key)).toEqual(taken);
  });

  it('Promise 4: releases nothing that another has taken', async () => {
    const { key, claims, taken } = await late();
    expect(await claims.release(completed(key))).toBe(true);
    expect(await store.read(key)).toEqual(taken);
  });
});

describe('a late run of the same process, which a warm function may still have', () => {
  const twice = async () => {
    const key = newKey();
    const claims = layer();
    await claims.take(inProgress(key));
    pass(30_001);
    expect(await claims.take(inProgress(key))).toBe(true);
    return { key, claims };
  };

  // Powertools hands over a key and no run, so that one layer cannot tell its own runs apart.
  it('counts for the new one when it releases, as docs/ledger.md says', async () => {
    const { key, claims } = await twice();
    await claims.release(completed(key));
    expect(await store.read(key)).toBeUndefined();
  });

  it('counts for the new one when it completes, as docs/ledger.md says', async () => {
    const { key, claims } = await twice();
    await claims.complete(completed(key, 'late'));
    expect(await store.read(key)).toMatchObject({ status: 'COMPLETED' });
  });
});

describe('an answer that was lost on the way', () => {
  const losing = (times: number) => {
    const own = dynamoDBClient(stack);
    loseAnswers(own, times);
    return layer(own);
  };

  it('Promise 4: leaves one claim when the SDK asks again', async () => {
    const key = newKey();
    expect(await losing(1).take(inProgress(key))).toBe(true);
    expect(await layer().take(inProgress(key))).toBe(false);
  });

  it.each(['complete', 'release'] as const)(
    'Promise 4: does not make it forget whose claim it is, when a %s is said again',
    async (word) => {
      const key = newKey();
      const own = dynamoDBClient(stack);
      const claims = layer(own);
      await claims.take(inProgress(key));
      loseAnswers(own, 4);
      await expect(claims[word](completed(key))).rejects.toMatchObject({ code: 'ECONNRESET' });
      // False would send it on to Powertools' own write, which heeds no owner.
      expect(await claims[word](completed(key))).toBe(true);
    },
  );
});
