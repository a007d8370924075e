import { describe, expect, it } from 'vitest';
import { createCaughtUpWatch } from '../../src/local/caught-up.ts';

/** Whether a promise has resolved by now. */
const isDone = async (promise: Promise<void>): Promise<boolean> =>
  Promise.race([promise.then(() => true), Promise.resolve().then(() => false)]);

describe('having caught up', () => {
  it('is a read that brought nothing from every shard, begun after the question', async () => {
    const watch = createCaughtUpWatch();
    watch.shardStarted('a');
    watch.shardStarted('b');
    const before = watch.now();
    const caughtUp = watch.until();
    watch.nothingLeft('a', before);
    watch.nothingLeft('b', watch.now());
    expect(await isDone(caughtUp)).toBe(false);
    watch.nothingLeft('a', watch.now());
    await caughtUp;
  });

  it('waits for the children of a shard that has ended', async () => {
    const watch = createCaughtUpWatch();
    watch.shardStarted('parent');
    watch.shardEnded('parent');
    const caughtUp = watch.until();
    expect(await isDone(caughtUp)).toBe(false);
    watch.shardStarted('child');
    watch.discovered();
    expect(await isDone(caughtUp)).toBe(false);
    watch.nothingLeft('child', watch.now());
    await caughtUp;
  });

  it('is true at once of a stream without shards', async () => {
    await createCaughtUpWatch().until();
  });

  it('never comes once the mapping is stopped', async () => {
    const watch = createCaughtUpWatch();
    watch.shardStarted('a');
    const asked = expect(watch.until()).rejects.toMatchObject({ code: 'LOCAL_STACK' });
    watch.stopped();
    await asked;
    await expect(watch.until()).rejects.toMatchObject({ code: 'LOCAL_STACK' });
  });
});
