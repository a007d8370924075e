import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createClaimLedger } from '../../src/idempotency/claim-ledger.ts';
import { dynamoDBStore } from '../../src/idempotency/dynamodb-store.ts';
import type { Entry } from '../../src/idempotency/entry.ts';
import type { Store, Written } from '../../src/idempotency/store.ts';
import { workKey } from '../../src/idempotency/work.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { lambdaContext } from '../../src/testing/index.ts';
import { claim, completion, imageOf, increment } from './commit-target.ts';
import { openSession, workOf } from './open-session.ts';
import { countRequests, loseAnswers } from './store-requests.ts';
import { dynamoDBClient, makeTable } from './tables.ts';

const table = 'Ledger';
const orders = 'Orders';
let stack: LocalStack;
let client: DynamoDBClient;
let store: Store;
let keys = 0;
beforeAll(async () => {
  stack = await startLocalStack();
  client = dynamoDBClient(stack);
  store = dynamoDBStore(client, table, systemRuntime);
  await makeTable(client, table, ['id']);
  await makeTable(client, orders, ['id']);
});
afterAll(async () => {
  client.destroy();
  await stack.stop();
});

const written: Written = { kind: 'written' };
const refusedBy = (found: Entry | undefined): Written => ({ kind: 'refused', found });
const newKey = (): string => `key ${(keys += 1)}`;
const nowMs = Date.UTC(2026, 0, 1);
/** The same entry, with all that an item has and no more. */
const read = async (key: string): Promise<Entry | undefined> => store.read(key);

/** An entry that is there, as it is read. */
async function there(entry: Entry): Promise<Entry> {
  await store.put([entry]);
  return (await read(entry.key)) ?? expect.unreachable('it was written');
}

describe('an entry in the table', () => {
  it('is read as it was written, and is not there before', async () => {
    const key = newKey();
    expect(await read(key)).toBeUndefined();
    expect(await store.insert(claim('me', key))).toEqual(written);
    expect(await read(key)).toEqual(claim('me', key));
  });

  it('may hold bytes, a text, a lease or none, and no owner', async () => {
    const entries: readonly Entry[] = [
      { ...completion(undefined, newKey()), data: new Uint8Array([0, 1, 255]) },
      { ...completion('me', newKey()), data: 'dead-lettered' },
      { ...claim('me', newKey()), leaseEndsAtMs: undefined },
    ];
    await store.put(entries);
    for (const entry of entries) expect(await read(entry.key)).toEqual(entry);
  });

  it.each(['claim', 'completion'])('Promise 4: is not inserted over a %s of another', async (kind) => {
    const key = newKey();
    const found = await there(kind === 'claim' ? claim('another', key) : completion('another', key));
    expect(await store.insert(claim('me', key))).toEqual(refusedBy(found));
    expect(await read(key)).toEqual(found);
  });

  it('Promise 4: is not inserted over one that has expired, for it is to be seen first', async () => {
    const key = newKey();
    const found = await there({ ...completion('another', key), expiresAtSeconds: 1 });
    expect(await store.insert(claim('me', key))).toEqual(refusedBy(found));
  });

  it('is put over whatever is there', async () => {
    const key = newKey();
    await there(claim('another', key));
    await store.put([completion('me', key)]);
    expect(await read(key)).toEqual(completion('me', key));
  });

  it('is one of 250 that are read at once, in 3 requests', async () => {
    const entries = Array.from({ length: 250 }, () => completion('me', newKey()));
    const counted = countRequests(client);
    await store.put(entries.filter((_, index) => index % 2 === 0));
    const found = await Promise.all(entries.map(({ key }) => store.read(key)));
    expect(found).toEqual(entries.map((entry, index) => (index % 2 === 0 ? entry : undefined)));
    expect(counted.stop()).toEqual({ BatchWriteItemCommand: 5, BatchGetItemCommand: 3 });
  });

  it('is one of 100 that are claimed, renewed, completed and removed at once, in 4 requests each', async () => {
    const claims = Array.from({ length: 100 }, () => ({ key: newKey(), owner: 'me' }));
    const counted = countRequests(client);
    for (const use of [
      (one: (typeof claims)[number]) => store.insert(claim('me', one.key)),
      (one: (typeof claims)[number]) => store.renew(one, nowMs + 90_000),
      (one: (typeof claims)[number]) => store.complete(one),
    ])
      expect(new Set((await Promise.all(claims.map(use))).map(({ kind }) => kind))).toEqual(
        new Set(['written']),
      );
    expect(counted.stop()).toEqual({ BatchExecuteStatementCommand: 12 });
  });
});

describe('replacing an entry', () => {
  it.each([
    ['a claim of another whose lease is over', () => claim('another', newKey())],
    ['one that has expired', () => ({ ...completion('another', newKey()), expiresAtSeconds: 1 })],
    ['one without an owner, as Powertools writes it', () => ({ ...claim('', newKey()), owner: undefined })],
    ['one without a lease', () => ({ ...claim('another', newKey()), leaseEndsAtMs: undefined })],
    ['one with bytes in it', () => ({ ...completion('another', newKey()), data: new Uint8Array([1]) })],
  ])('takes the place of %s', async (_, make) => {
    const seen = await there(make());
    expect(await store.replace(claim('me', seen.key), seen)).toEqual(written);
    expect(await read(seen.key)).toEqual(claim('me', seen.key));
  });

  it('is one of 200 that a crash has left, and leaves connections to others', async () => {
    const seen = Array.from({ length: 200 }, () => claim('dead', newKey()));
    await store.put(seen);
    let [underWay, most] = [0, 0];
    client.middlewareStack.add(
      (next) => async (request) => {
        underWay += 1;
        most = Math.max(most, underWay);
        return next(request).finally(() => (underWay -= 1));
      },
      { step: 'initialize', name: 'countUnderWay' },
    );
    const replaced = await Promise.all(seen.map((one) => store.replace(claim('me', one.key), one)));
    client.middlewareStack.remove('countUnderWay');
    expect(new Set(replaced.map(({ kind }) => kind))).toEqual(new Set(['written']));
    expect(most).toBeLessThanOrEqual(10);
  });

  it.each([
    ['has another owner', { owner: 'third' }],
    ['has no owner any more', { owner: undefined }],
    ['has a longer lease: it was renewed', { leaseEndsAtMs: nowMs + 60_000 }],
    ['was completed', { status: 'COMPLETED' }],
    ['expires later', { expiresAtSeconds: 5_000_000_000 }],
  ] as const)('Promise 4: changes nothing if it %s since it was seen', async (_, change) => {
    const seen = await there(claim('another', newKey()));
    const now = await there({ ...seen, ...change });
    expect(await store.replace(claim('me', seen.key), seen)).toEqual(refusedBy(now));
    expect(await read(seen.key)).toEqual(now);
  });

  it('Promise 4: changes nothing if it is gone', async () => {
    const seen = claim('another', newKey());
    expect(await store.replace(claim('me', seen.key), seen)).toEqual(refusedBy(undefined));
    expect(await read(seen.key)).toBeUndefined();
  });

  it('of our own is done though its lease was renewed since', async () => {
    const seen = await there(claim('me', newKey()));
    await store.renew({ key: seen.key, owner: 'me' }, nowMs + 90_000);
    const letter: Entry = { ...completion('me', seen.key), data: 'dead-lettered' };
    expect(await store.replace(letter, seen)).toEqual(written);
    expect(await read(seen.key)).toEqual(letter);
  });

  it("Promise 4: of our own changes nothing if it is another's by now", async () => {
    const found = await there(claim('another', newKey()));
    expect(await store.replace(completion('me', found.key), claim('me', found.key))).toEqual(
      refusedBy(found),
    );
  });

  it('of one that has no end, but a lease that is over, is done', async () => {
    const key = newKey();
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: { id: { S: key }, status: { S: 'INPROGRESS' }, in_progress_expiration: { N: '1' } },
      }),
    );
    const seen = (await read(key)) ?? expect.unreachable('it is there');
    expect(await store.replace(claim('me', key), seen)).toEqual(written);
  });
});

describe('words of an owner', () => {
  const claimed = async (owner = 'me') => {
    const { key } = await there(claim(owner, newKey()));
    return { key, owner };
  };

  it('complete, renew and remove the claim', async () => {
    const [one, two, three] = [await claimed(), await claimed(), await claimed()];
    expect(await store.complete(one)).toEqual(written);
    expect(await read(one.key)).toEqual({ ...claim('me', one.key), status: 'COMPLETED' });
    expect(await store.renew(two, nowMs + 90_000)).toEqual(written);
    expect(await read(two.key)).toEqual({ ...claim('me', two.key), leaseEndsAtMs: nowMs + 90_000 });
    expect(await store.remove(three)).toEqual(written);
    expect(await read(three.key)).toBeUndefined();
  });

  it("Promise 4: change nothing about a claim that is another's, and tell whose", async () => {
    const { key } = await claimed('another');
    const found = claim('another', key);
    const ours = { key, owner: 'me' };
    expect(await store.complete(ours)).toEqual(refusedBy(found));
    expect(await store.renew(ours, nowMs)).toMatchObject({ kind: 'refused' });
    expect(await store.remove(ours)).toEqual(refusedBy(found));
    expect(await read(key)).toEqual(found);
  });

  it('Promise 4: change nothing about what another has completed', async () => {
    const found = await there(completion('another', newKey()));
    const ours = { key: found.key, owner: 'me' };
    expect(await store.complete(ours)).toEqual(refusedBy(found));
    expect(await store.remove(ours)).toEqual(refusedBy(found));
    expect(await read(found.key)).toEqual(found);
  });

  it('Promise 4: do not renew or remove what we have completed', async () => {
    const found = await there(completion('me', newKey()));
    const ours = { key: found.key, owner: 'me' };
    expect(await store.renew(ours, nowMs)).toMatchObject({ kind: 'refused' });
    expect(await store.remove(ours)).toEqual(refusedBy(found));
    expect(await read(found.key)).toEqual(found);
  });

  it('make nothing where nothing is', async () => {
    const ours = { key: newKey(), owner: 'me' };
    expect(await store.complete(ours)).toEqual(refusedBy(undefined));
    expect(await store.renew(ours, nowMs)).toEqual(refusedBy(undefined));
    // DynamoDB's DELETE of PartiQL succeeds where there is nothing to delete.
    expect(await store.remove(ours)).toEqual(written);
    expect(await read(ours.key)).toBeUndefined();
  });

  it('are meant for their own key alone, whatever it holds', async () => {
    const odd = ["it's", '"quoted"', '?', '%23', "'; DELETE FROM"];
    const all = odd.map((name) => `${newKey()} ${name}`);
    await Promise.all(all.map((key) => store.insert(claim("o'wner", key))));
    await Promise.all(all.map((key) => store.complete({ key, owner: "o'wner" })));
    expect((await Promise.all(all.map(read))).map((entry) => [entry?.key, entry?.status])).toEqual(
      all.map((key) => [key, 'COMPLETED']),
    );
  });
});

describe('a commit', () => {
  const commit = (entry: Entry, over: 'claimed' | 'unclaimed') =>
    store.commit([increment(orders, entry.key)], entry, over, nowMs);
  const timesDone = async (key: string) => (await imageOf(client, orders, key))?.['count'] ?? 0;

  it('Promise 4: writes with the entry, over our claim, or over nothing', async () => {
    const [ours, fresh] = [await there(claim('me', newKey())), claim('me', newKey())];
    expect(await commit(completion('me', ours.key), 'claimed')).toEqual(written);
    expect(await commit(completion('me', fresh.key), 'unclaimed')).toEqual(written);
    expect([await timesDone(ours.key), await timesDone(fresh.key)]).toEqual([1, 1]);
  });

  it("Promise 4: writes nothing over another's claim or completion", async () => {
    for (const found of [await there(claim('another', newKey())), await there(completion('x', newKey()))])
      for (const over of ['claimed', 'unclaimed'] as const) {
        expect(await commit(completion('me', found.key), over)).toEqual(refusedBy(found));
        expect(await timesDone(found.key)).toBe(0);
      }
  });
});

describe('a write that was carried out and whose answer was lost', () => {
  /** A store whose first answers are lost, so many of them. */
  const losing = (times: number) => {
    const own = dynamoDBClient(stack);
    const lost = loseAnswers(own, times);
    return { lossy: dynamoDBStore(own, table, systemRuntime), lost };
  };
  /** With one lost the SDK says it again; it gives up after four, and then we do. */
  const say = async (times: number, word: (store: Store) => Promise<Written>): Promise<Written> => {
    const { lossy, lost } = losing(times);
    if (times > 1) await expect(word(lossy)).rejects.toMatchObject({ code: 'ECONNRESET' });
    const answer = await word(lossy);
    expect(lost()).toBe(times);
    return answer;
  };
  const cases = [
    ['the SDK', 1],
    ['we', 4],
  ] as const;

  it.each(cases)('Promise 4: is our claim when %s insert it again', async (_, times) => {
    const entry = claim('me', newKey());
    expect(await say(times, (lossy) => lossy.insert(entry))).toEqual(written);
    expect(await read(entry.key)).toEqual(entry);
  });

  it.each(cases)('Promise 4: is complete when %s complete it again', async (_, times) => {
    const { key } = await there(claim('me', newKey()));
    expect(await say(times, (lossy) => lossy.complete({ key, owner: 'me' }))).toEqual(written);
    expect(await read(key)).toMatchObject({ status: 'COMPLETED', owner: 'me' });
  });

  it.each(cases)('Promise 4: is replaced when %s replace it again', async (_, times) => {
    const seen = await there(claim('another', newKey()));
    const entry = claim('me', seen.key);
    expect(await say(times, (lossy) => lossy.replace(entry, seen))).toEqual(written);
    expect(await read(seen.key)).toEqual(entry);
  });

  it.each(cases)('Promise 4: is a dead letter when %s settle it as one again', async (_, times) => {
    const { key } = await there(claim('me', newKey()));
    const letter: Entry = { ...completion('me', key), data: 'dead-lettered' };
    expect(await say(times, (lossy) => lossy.replace(letter, { ...letter, status: 'INPROGRESS' }))).toEqual(
      written,
    );
    expect(await read(key)).toEqual(letter);
  });

  it.each(cases)('is renewed when %s renew it again', async (_, times) => {
    const { key } = await there(claim('me', newKey()));
    expect(await say(times, (lossy) => lossy.renew({ key, owner: 'me' }, nowMs + 90_000))).toEqual(written);
  });

  it.each(cases)('is gone when %s remove it again, which is what a release asks for', async (_, times) => {
    const { key } = await there(claim('me', newKey()));
    expect(await say(times, (lossy) => lossy.remove({ key, owner: 'me' }))).toEqual(written);
    expect(await read(key)).toBeUndefined();
  });

  it('Promise 4: is told from what another has done meanwhile', async () => {
    const entry = claim('me', newKey());
    const { lossy } = losing(4);
    await expect(lossy.insert(entry)).rejects.toMatchObject({ code: 'ECONNRESET' });
    const other = await there(claim('another', entry.key));
    expect(await lossy.insert(entry)).toEqual(refusedBy(other));
  });

  it('Promise 4: leaves a ledger with one claim, which it completes and releases', async () => {
    const own = dynamoDBClient(stack);
    const ledger = createClaimLedger(dynamoDBStore(own, table, systemRuntime), {
      expiresAfterSeconds: 172_800,
      leaseSeconds: undefined,
    });
    const session = openSession(ledger);
    const of = (lost: number, eventId: string) => {
      loseAnswers(own, lost);
      return session.take(workOf(eventId));
    };
    const [done, left] = [await of(1, 'done'), await of(0, 'left')];
    if (done.kind !== 'mine' || left.kind !== 'mine') throw new Error('both are free');
    loseAnswers(own, 1);
    expect(await done.hold.complete('handled')).toBe('kept');
    loseAnswers(own, 1);
    expect(await left.hold.release()).toBe('kept');
    expect(await read(workKey(workOf('left')))).toBeUndefined();
    expect(await session.take(workOf('done'))).toEqual({ kind: 'settled', as: 'handled' });
  });
});

describe("entries that Powertools' own layer has written", () => {
  it('Promise 4: are heeded while their lease lasts, and replaced after it', async () => {
    const layer = new DynamoDBPersistenceLayer({ tableName: table, awsSdkV3Client: client });
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    const config = new IdempotencyConfig({ expiresAfterSeconds: 172_800 });
    config.registerLambdaContext(lambdaContext());
    layer.configure({ config });
    const before = Date.now();
    await layer.saveInProgress('payload', 5_000);
    warned.mockRestore();
    const key = `#${(await import('node:crypto')).hash('md5', '"payload"', 'base64')}`;
    const seen = await read(key);
    expect(seen).toMatchObject({ status: 'INPROGRESS', owner: undefined });
    expect(seen?.leaseEndsAtMs).toBeGreaterThanOrEqual(before + 5_000);
    if (seen === undefined) return;
    expect(await store.insert(claim('me', key))).toEqual(refusedBy(seen));
    expect(await store.replace(claim('me', key), seen)).toEqual(written);
  });
});
