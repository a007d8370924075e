import { expect, it, onTestFinished } from 'vitest';
import { createCaughtUpWatch } from '../../../src/local/stream/caught-up.ts';
import { systemClock } from '../../../src/local/clock.ts';
import { followShards } from '../../../src/local/stream/follow-shards.ts';
import type { ShardEnd } from '../../../src/local/stream/follow-shards.ts';
import type { Shard } from '../../../src/local/stream/shard-lineage.ts';
import { createSleeper } from '../../../src/local/sleeper.ts';

/** Shards whose ends, and lists of shards whose arrival, the test decides on. */
async function follow(first: readonly Shard[], isEnabled = true) {
  const stopping = new AbortController();
  const between = createSleeper(systemClock, stopping.signal);
  const caughtUp = createCaughtUpWatch();
  const lists: PromiseWithResolvers<readonly Shard[]>[] = [];
  const begun: string[] = [];
  const ends = new Map<string, PromiseWithResolvers<ShardEnd>>();
  const errors: Error[] = [];
  const starting = followShards({
    streamArn: 'arn',
    api: {
      describe: async () => {
        const list = Promise.withResolvers<readonly Shard[]>();
        lists.push(list);
        return { shards: await list.promise, isEnabled };
      },
    },
    startingPosition: 'TRIM_HORIZON',
    resumeFrom: {},
    discoveryIntervalMs: 3_600_000,
    workOn: (shardId) => {
      const end = Promise.withResolvers<ShardEnd>();
      ends.set(shardId, end);
      begun.push(shardId);
      return { open: () => Promise.resolve(), run: () => end.promise };
    },
    now: systemClock.now,
    between,
    backOff: () => Promise.resolve(),
    stopping: stopping.signal,
    caughtUp,
    onError: (error) => errors.push(error),
  });
  lists[0]?.resolve(first);
  const follower = await starting;
  onTestFinished(async () => {
    stopping.abort();
    lists.at(-1)?.resolve([]);
    ends.forEach((end) => end.resolve('stopped'));
    await follower.ended;
  });
  return { follower, between, caughtUp, lists, begun, ends, errors };
}

it('looks again when a shard ended while it was looking: that list may be from before the end', async () => {
  const parent = { shardId: 'parent' };
  const child = { shardId: 'child', parentShardId: 'parent' };
  const { between, caughtUp, lists, begun, ends } = await follow([parent]);
  await expect.poll(() => (between.wake(), lists.length)).toBe(2);
  ends.get('parent')?.resolve('drained');
  let isCaughtUp = false;
  void caughtUp.until().then(
    () => (isCaughtUp = true),
    () => undefined,
  );
  lists[1]?.resolve([parent]);
  await expect.poll(() => lists.length).toBe(3);
  expect(isCaughtUp).toBe(false);
  lists[2]?.resolve([parent, child]);
  await expect.poll(() => begun).toEqual(['parent', 'child']);
  expect(isCaughtUp).toBe(false);
});

it('takes a shard up again, where it was, when the work on it broke off', async () => {
  const shard = { shardId: 'a' };
  const { follower, between, lists, begun, ends, errors } = await follow([shard]);
  ends.get('a')?.reject(new Error('a bug'));
  await expect.poll(() => errors.map(({ message }) => message)).toEqual(['The work on shard a broke off.']);
  await expect.poll(() => (between.wake(), lists.length)).toBe(2);
  lists[1]?.resolve([shard]);
  await expect.poll(() => begun).toEqual(['a', 'a']);
  expect(follower.checkpoints()).toEqual({});
});
