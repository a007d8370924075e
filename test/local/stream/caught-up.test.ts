import { describe, expect, it } from 'vitest';
import { createCaughtUpWatch } from '../../../src/local/stream/caught-up.ts';

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
    watch.discovered(watch.now());
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
    watch.discovered(watch.now());
    expect(await isDone(caughtUp)).toBe(false);
    watch.nothingLeft('child', watch.now());
    await caughtUp;
  });

  it('needs a look at the shards after the question, of a stream without shards too', async () => {
    const watch = createCaughtUpWatch();
    watch.discovered(watch.now());
    const caughtUp = watch.until();
    expect(await isDone(caughtUp)).toBe(false);
    watch.discovered(watch.now());
    await caughtUp;
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
