import { describe, expect, it } from 'vitest';
import { ReplayError } from '../../../src/errors.ts';
import type { Freshness, JudgeFreshness } from '../../../src/replay/engine/run-options.ts';
import { runReplay } from '../../../src/replay/engine/run-replay.ts';
import { queueError } from '../../../src/replay/queue/queue-error.ts';
import { createMessageReader } from '../../../src/replay/reading/read-message.ts';
import { changeOf, letterOf, pointerBody, scripted } from './run-scripted.ts';

const troublesOf = ({ events }: ReturnType<typeof scripted>): readonly string[] =>
  events.flatMap((event) => (event.kind === 'trouble' ? [event.what] : []));

describe('what a replay leaves', () => {
  it('is what the queue gives nobody yet, and it says so', async () => {
    const replay = scripted({ queue: { delayed: () => 3 } });
    replay.putLetter(letterOf('a', 1));
    expect(await runReplay(replay.options)).toMatchObject({ selected: 4, settled: 1, left: 3, delayed: 3 });
    expect(troublesOf(replay)).toEqual([expect.stringMatching(/^3 messages .* are delayed/)]);
  });

  it('is not what was delayed when it began and comes within some seconds', async () => {
    let looks = 0;
    const replay = scripted({ queue: { delayed: () => ((looks += 1) < 4 ? 1 : 0) } });
    replay.putLetter(letterOf('a', 1));
    const summary = await runReplay(replay.options);
    expect(summary).toMatchObject({ selected: 1, settled: 1, left: 0 });
    expect(summary.delayed).toBeUndefined();
  });

  it('is not what is delayed if no more was asked for than it took', async () => {
    const replay = scripted({ queue: { delayed: () => 3 }, options: { max: 1 } });
    replay.putLetter(letterOf('a', 1));
    expect(await runReplay(replay.options)).toMatchObject({ selected: 1, left: 0 });
  });

  it('is a letter that cannot be fetched, if it is of what was asked for', async () => {
    const { record, ...rest } = letterOf('a', 1);
    const body = JSON.stringify({ ...rest, recordS3: { bucket: 'gone', key: String(record.eventID) } });
    const readMessage = createMessageReader({
      fetchObject: () => Promise.reject(new Error('no such object')),
    });
    const replayOf = (selection: object) => {
      const replay = scripted({ options: { readMessage, selection } });
      replay.put({ body, attributes: { table: 'Shop' } });
      return runReplay(replay.options);
    };
    for (const asked of [
      { routes: ['tell-customer'] },
      { consumers: ['orders'] },
      { tables: ['Shop'] },
      { ids: [rest.id] },
    ])
      expect(await replayOf(asked)).toMatchObject({ selected: 1, left: 1, foreign: 1 });
    expect(await replayOf({ routes: ['another'] })).toMatchObject({ selected: 0, left: 0, foreign: 1 });
  });
});

describe('a dry run', () => {
  const judgeFreshness: JudgeFreshness = (items) =>
    Promise.resolve(
      items.map((records) =>
        records.map((record): Freshness => ({ kind: changeOf(record) === 2 ? 'stale' : 'fresh' })),
      ),
    );
  const dry = (ifStale: 'skip' | 'fail') => {
    const replay = scripted({ options: { dryRun: true, judgeFreshness, ifStale } });
    for (const change of [1, 2, 3]) replay.putLetter(letterOf('a', change));
    return replay;
  };

  it('tells what would run from what would not', async () => {
    const failing = dry('fail');
    expect((await runReplay(failing.options)).outcomes).toEqual({ 'not run': 1, stale: 1, blocked: 1 });
    const skipping = dry('skip');
    expect((await runReplay(skipping.options)).outcomes).toEqual({ 'not run': 2, skipped: 1 });
    const said = failing.events.flatMap((event) => (event.kind === 'would-run' ? [event.instead] : []));
    expect(said).toEqual([undefined, 'stale', 'blocked']);
  });

  it('says of a FIFO queue that it saw only what that gives at once', async () => {
    const replay = scripted({ options: { dryRun: true }, queue: { isFifo: true } });
    for (let change = 1; change <= 15; change += 1)
      replay.put({ body: JSON.stringify(letterOf('a', change)), groupId: 'a' });
    expect(await runReplay(replay.options)).toMatchObject({ selected: 10, isAtLeast: true });
    expect(troublesOf(replay)).toEqual([expect.stringMatching(/^about 5 messages .* were not looked at/)]);
  });

  it('waits for nobody', async () => {
    const replay = scripted({ options: { dryRun: true } });
    for (const change of [1, 2]) replay.putLetter(letterOf(`item-${change}`, change));
    const [held] = await replay.queue.receive({ visibilitySeconds: 40_000, waitSeconds: 0 });
    await replay.queue.keep([held?.receipt ?? ''], 0);
    expect(await runReplay(replay.options)).toMatchObject({ selected: 1 });
  });
});

describe('a replay without the right to delete', () => {
  it('ends with that after its first requests, and gives everything back', async () => {
    const replay = scripted({ options: { concurrency: 2 }, during: () => new Promise(setImmediate) });
    const cause = Object.assign(new Error('no'), { $metadata: { httpStatusCode: 403 } });
    replay.refuses.right = queueError(replay.queue.url, 'sqs:DeleteMessage', cause);
    for (let change = 1; change <= 100; change += 1) replay.putLetter(letterOf(`item-${change}`, change));
    await expect(runReplay(replay.options)).rejects.toThrow('sqs:DeleteMessage was refused');
    expect(replay.requests.length).toBeLessThanOrEqual(2);
    expect(replay.visible()).toHaveLength(100);
    expect(troublesOf(replay)).toEqual([]);
  });
});

describe('the troubles of a replay', () => {
  it('are told of up to a number, and then counted', async () => {
    const replay = scripted();
    replay.refuses.delete = true;
    for (let change = 1; change <= 50; change += 1) replay.putLetter(letterOf(`item-${change}`, change));
    await runReplay(replay.options);
    const troubles = troublesOf(replay);
    expect(troubles).toHaveLength(21);
    expect(troubles.at(-1)).toBe('30 more troubles like these were not told of one by one');
  });
});

describe('a replay that is interrupted while it looks', () => {
  it('gives a pointer back that is being read, and does not call that a failure', async () => {
    const replay = scripted({
      options: {
        readRange: () => {
          replay.interrupt();
          return Promise.reject(new ReplayError('the reading was interrupted'));
        },
      },
    });
    replay.put({ body: pointerBody('p', []) });
    expect(await runReplay(replay.options)).toMatchObject({ selected: 1, left: 1, wasInterrupted: true });
    expect(replay.events.filter(({ kind }) => kind === 'left')).toEqual([]);
    expect(replay.visible()).toHaveLength(1);
  });

  it('ends though the queue does not answer', async () => {
    const replay = scripted();
    const facts = (signal?: AbortSignal) => {
      const { promise, reject } = Promise.withResolvers<never>();
      signal?.addEventListener('abort', () => reject(new ReplayError('interrupted')));
      return promise;
    };
    const ended = runReplay({ ...replay.options, queue: { ...replay.queue, facts } });
    await new Promise(setImmediate);
    replay.interrupt();
    expect(await ended).toMatchObject({ selected: 0, wasInterrupted: true });
  });
});
