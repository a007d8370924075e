import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually, serverForTest } from './clients.ts';
import type { ScheduleStep } from './schedule.ts';
import { runStep, scheduleSteps } from './schedule.ts';
import type { ReadRecord } from './spillway-reader.ts';
import { followWithSpillway } from './spillway-reader.ts';
import type { StreamsServer } from './start-streams-server.ts';
import { startStreamsServer } from './start-streams-server.ts';

/** Each of sixteen keys once. */
const putAll = (server: StreamsServer, version: number) =>
  server.put(
    Array.from({ length: 16 }, (_, key) => ({
      newImage: { pk: { S: `key-${key}` }, version: { N: String(version) } },
    })),
  );

const follow = async (...parameters: Parameters<typeof followWithSpillway>) => {
  const follower = await followWithSpillway(...parameters);
  onTestFinished(follower.stop);
  return follower;
};

const idsOf = (server: StreamsServer) => server.shards().map(({ shardId }) => shardId);

const versionsByKey = (records: readonly ReadRecord[]): ReadonlyMap<string, readonly number[]> =>
  new Map(
    [...Map.groupBy(records, ({ key }) => key)].map(([key, ofKey]) => [
      key,
      ofKey.map(({ version }) => version),
    ]),
  );

describe('the follower of a stream', () => {
  it('reads parents before children, over a split and a roll-over', async () => {
    const server = await serverForTest();
    const [root = ''] = idsOf(server);
    putAll(server, 1);
    const [left = '', right = ''] = server.split(root);
    putAll(server, 2);
    const [heir = ''] = server.rollOver(left);
    putAll(server, 3);
    const { records, errors } = await follow(server, { limit: 3 });
    await eventually(() => records.length).toBe(48);
    expect([...versionsByKey(records).values()].every((versions) => String(versions) === '1,2,3')).toBe(true);
    const first = (shardId: string) => records.findIndex((record) => record.shardId === shardId);
    const last = (shardId: string) => records.findLastIndex((record) => record.shardId === shardId);
    expect(first(left)).toBeGreaterThan(last(root));
    expect(first(right)).toBeGreaterThan(last(root));
    expect(first(heir)).toBeGreaterThan(last(left));
    expect(errors).toEqual([]);
  });

  it('finds children that are listed only later', async () => {
    const server = await serverForTest({ unlistedCalls: 4 });
    const [root = ''] = idsOf(server);
    putAll(server, 1);
    const { records } = await follow(server);
    await eventually(() => records.length).toBe(16);
    server.split(root);
    putAll(server, 2);
    await eventually(() => records.length).toBe(32);
  });

  it('finds the shards of all pages of the list', async () => {
    const server = await serverForTest({ shards: 5, shardsPerPage: 2 });
    putAll(server, 1);
    const { records } = await follow(server);
    await eventually(() => records.length).toBe(16);
    expect(server.calls().filter(({ operation }) => operation === 'GetShardIterator')).toHaveLength(5);
  });

  it('gives up a shard that the stream has forgotten, and goes on with its children', async () => {
    const server = await serverForTest();
    const [root = ''] = idsOf(server);
    putAll(server, 1);
    const { records, messages } = await follow(server, { limit: 16 });
    await eventually(() => records.length).toBe(16);
    server.failNext('GetRecords', { delayMs: 30 });
    putAll(server, 2);
    server.split(root);
    putAll(server, 3);
    server.forget(root);
    await eventually(() => records.filter(({ version }) => version === 3).length).toBe(16);
    await eventually(messages).toContainEqual(expect.stringContaining(`Shard ${root} of`));
  });

  it('begins at the end of the shards that are there, and at the start of those that come', async () => {
    const server = await serverForTest({ shards: 2 });
    putAll(server, 1);
    const [first = ''] = idsOf(server);
    server.rollOver(first);
    putAll(server, 2);
    const { records } = await follow(server, { startingPosition: 'LATEST' });
    putAll(server, 3);
    for (const { shardId } of server.shards().filter(({ isOpen }) => isOpen)) server.split(shardId);
    putAll(server, 4);
    await eventually(() => records.length).toBe(32);
    expect([...versionsByKey(records).values()].every((versions) => String(versions) === '3,4')).toBe(true);
  });

  it('goes on at its checkpoints, though shards were split and forgotten in between', async () => {
    const server = await serverForTest({ shards: 2 });
    const [one = '', two = ''] = idsOf(server);
    putAll(server, 1);
    const before = await follow(server, { limit: 3 });
    await eventually(() => before.records.length).toBe(16);
    server.rollOver(one);
    await eventually(() => before.checkpoints()[one]).toEqual({ kind: 'drained' });
    await before.stop();
    putAll(server, 2);
    server.split(two);
    putAll(server, 3);
    server.forget(one);
    const after = await follow(server, { resumeFrom: before.checkpoints(), startingPosition: 'LATEST' });
    await eventually(() => after.records.length).toBe(32);
    expect([...versionsByKey(after.records).values()].every((versions) => String(versions) === '2,3')).toBe(
      true,
    );
  });

  it('reads a disabled stream to its end, and tells when it is deleted', async () => {
    const server = await serverForTest({ shards: 2 });
    putAll(server, 1);
    server.disable();
    const { checkpoints, records, messages, stop } = await follow(server);
    await eventually(() => Object.values(checkpoints())).toEqual([{ kind: 'drained' }, { kind: 'drained' }]);
    expect(records).toHaveLength(16);
    server.delete();
    await eventually(messages).toContainEqual(
      expect.stringContaining(`Stream not found: ${server.streamArn}. It was deleted`),
    );
    expect(messages()[0]).toContain('is disabled');
    await stop();
  });

  it('does not begin when the list of shards cannot be had', async () => {
    const server = await serverForTest();
    server.failNext('DescribeStream', 'LimitExceededException');
    await expect(followWithSpillway(server)).rejects.toThrow(
      expect.objectContaining({ name: 'LimitExceededException' }),
    );
  });
});

const failures = fc.record({
  operation: fc.constantFrom('DescribeStream' as const, 'GetShardIterator' as const, 'GetRecords' as const),
  failure: fc.constantFrom(
    'LimitExceededException' as const,
    'ThrottlingException' as const,
    'InternalServerError' as const,
    'BrokenConnection' as const,
    'CutResponse' as const,
    { delayMs: 3 },
  ),
  times: fc.integer({ min: 1, max: 3 }),
});
type Mishap = { readonly kind: 'expire' } | ({ readonly kind: 'fail' } & FailureOf<typeof failures>);
type FailureOf<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;

const mishaps: fc.Arbitrary<Mishap> = fc.oneof(
  fc.record({ kind: fc.constant('expire' as const) }),
  failures.map((failure) => ({ kind: 'fail' as const, ...failure })),
);

const runMishap = (server: StreamsServer, mishap: Mishap): void => {
  if (mishap.kind === 'expire') server.expireIterators();
  else server.failNext(mishap.operation, mishap.failure, mishap.times);
};

/** Steps and mishaps, one after the other, while the follower reads. */
const stormySteps: fc.Arbitrary<readonly (ScheduleStep | Mishap)[]> = fc
  .tuple(scheduleSteps, fc.array(fc.tuple(fc.nat({ max: 25 }), mishaps), { maxLength: 8 }))
  .map(([steps, placed]) =>
    placed.reduce<readonly (ScheduleStep | Mishap)[]>(
      (all, [at, mishap]) => all.toSpliced(at, 0, mishap),
      steps,
    ),
  );

it('whatever happens to the stream, the follower gets each record once, and those of a key in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      stormySteps,
      fc.record({
        shards: fc.integer({ min: 1, max: 3 }),
        shardsPerPage: fc.integer({ min: 1, max: 4 }),
        unlistedCalls: fc.integer({ min: 0, max: 3 }),
      }),
      async (steps, options) => {
        await using server = await startStreamsServer({
          ...options,
          firstSequenceNumber: '999999999999999999800',
        });
        const written = new Map<string, number[]>();
        await using follower = await followWithSpillway(server, { limit: 3, discoveryIntervalMs: 2 });
        for (const step of steps) {
          if (step.kind === 'expire' || step.kind === 'fail') runMishap(server, step);
          else
            runStep(server, step, (key, version) => written.set(key, [...(written.get(key) ?? []), version]));
          if (step.kind === 'read') await new Promise(setImmediate);
        }
        server.disable();
        const ids = idsOf(server).toSorted();
        const drained = () =>
          Object.entries(follower.checkpoints()).filter(([, { kind }]) => kind === 'drained');
        await eventually(() =>
          drained()
            .map(([id]) => id)
            .toSorted(),
        ).toEqual(ids);
        expect(versionsByKey(follower.records)).toEqual(written);
      },
    ),
    { numRuns: 40 },
  );
});
