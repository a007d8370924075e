import { describe, expect, it } from 'vitest';
import { ReplayError } from '../../../src/errors.ts';
import { runReplay } from '../../../src/replay/engine/run-replay.ts';
import type { Freshness, JudgeFreshness } from '../../../src/replay/engine/run-options.ts';
import { changeOf, letterOf, scripted } from './run-scripted.ts';

/** Lets what has been begun come to an answer. */
const turns = async (count = 5): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
};

describe('the messages that a replay holds', () => {
  it('stay with it however long the work takes', async () => {
    const seen: number[] = [];
    const replay = scripted({
      options: { visibilitySeconds: 30 },
      during: async () => {
        for (let passed = 0; passed < 300; passed += 10) {
          replay.runtime.advance(10_000);
          await turns();
          seen.push(replay.visible().length);
        }
      },
    });
    for (const change of [1, 2, 3]) replay.putLetter(letterOf('a', change));
    expect(await runReplay(replay.options)).toMatchObject({ settled: 3, left: 0 });
    expect(new Set(seen)).toEqual(new Set([0]));
    expect(replay.kept.length).toBeGreaterThanOrEqual(30);
  });

  it('are not begun when SQS did not leave them to it any longer', async () => {
    const replay = scripted({
      options: { visibilitySeconds: 30, concurrency: 1 },
      during: async () => {
        replay.refuses.keep = true;
        replay.runtime.advance(10_000);
        await turns();
      },
    });
    for (let change = 1; change <= 5; change += 1) replay.putLetter(letterOf(`item-${change}`, change));
    const summary = await runReplay(replay.options);
    expect(replay.requests).toHaveLength(1);
    expect(summary).toMatchObject({ left: 3, outcomes: { handled: 2, 'not run': 3 } });
  });

  it('are left, with a word, if their deletion is not taken', async () => {
    const replay = scripted();
    replay.putLetter(letterOf('a', 1));
    replay.refuses.delete = true;
    expect(await runReplay(replay.options)).toMatchObject({ selected: 1, settled: 0, left: 1 });
    expect(replay.events.map(({ kind }) => kind)).toContain('trouble');
    expect(replay.visible()).toHaveLength(1);
  });

  it('are given back when the target ends the replay', async () => {
    const replay = scripted({
      script: () => {
        throw new ReplayError('there is no such function');
      },
    });
    for (let change = 1; change <= 25; change += 1) replay.putLetter(letterOf(`item-${change}`, change));
    await expect(runReplay(replay.options)).rejects.toThrow('there is no such function');
    expect(replay.visible()).toHaveLength(25);
  });

  it('are given back when a message cannot be read', async () => {
    const readMessage = () => Promise.reject(new ReplayError('no bucket'));
    const replay = scripted({ options: { readMessage } });
    for (let change = 1; change <= 25; change += 1) replay.putLetter(letterOf(`item-${change}`, change));
    await expect(runReplay(replay.options)).rejects.toThrow('no bucket');
    expect(replay.visible()).toHaveLength(25);
  });

  it('are given back when it is interrupted, and what runs is finished first', async () => {
    const replay = scripted({
      options: { concurrency: 2 },
      during: async () => {
        replay.interrupt();
        await turns();
      },
    });
    for (let change = 1; change <= 25; change += 1) replay.putLetter(letterOf(`item-${change}`, change));
    const summary = await runReplay(replay.options);
    expect(summary).toMatchObject({ selected: 25, wasInterrupted: true });
    expect(summary.settled).toBe(replay.ran.length);
    expect(replay.visible()).toHaveLength(25 - replay.ran.length);
  });
});

describe('a replay beside others', () => {
  it('waits for what they have in flight', async () => {
    const replay = scripted();
    replay.putLetter(letterOf('a', 1));
    await replay.queue.receive({ visibilitySeconds: 60, waitSeconds: 0 });
    expect(await runReplay(replay.options)).toMatchObject({ settled: 1 });
    expect(replay.events[0]).toMatchObject({ kind: 'waiting', inFlight: 1 });
  });

  it('says once that it waits, and again only when there are fewer', async () => {
    const replay = scripted();
    for (const change of [1, 2]) replay.putLetter(letterOf(`item-${change}`, change));
    const messages = await replay.queue.receive({ visibilitySeconds: 60, waitSeconds: 0 });
    await replay.queue.keep([messages[0]?.receipt ?? ''], 30);
    await runReplay(replay.options);
    const told = replay.events.flatMap((event) => (event.kind === 'waiting' ? [event.inFlight] : []));
    expect(told).toEqual([2, 1]);
  });

  it('receives nothing more often than every ten seconds while it waits', async () => {
    const replay = scripted();
    for (const change of [1, 2]) replay.putLetter(letterOf(`item-${change}`, change));
    const [first, second] = await replay.queue.receive({ visibilitySeconds: 100, waitSeconds: 0 });
    await replay.queue.keep([second?.receipt ?? ''], 0);
    let others = 0;
    const readMessage: typeof replay.options.readMessage = (message) => {
      if ('receiveCount' in message && 'id' in message && message.id !== first?.id)
        others = Number(message.receiveCount);
      return replay.options.readMessage(message);
    };
    await runReplay({ ...replay.options, readMessage });
    // Once before, once to begin with, every ten seconds of a hundred, and once to be run.
    expect(others).toBeLessThanOrEqual(13);
  });

  it('does not begin if they do not let go of it', async () => {
    const replay = scripted();
    replay.putLetter(letterOf('a', 1));
    await replay.queue.receive({ visibilitySeconds: 40_000, waitSeconds: 0 });
    await expect(runReplay(replay.options)).rejects.toThrow(/another consumer has 1 messages .* in flight/);
  });
});

describe('letters whose item has changed since', () => {
  const judge =
    (stale: readonly number[], unknown: readonly number[] = []) =>
    (items: Parameters<JudgeFreshness>[0]): ReturnType<JudgeFreshness> =>
      Promise.resolve(
        items.map((records) =>
          records.map((record): Freshness => {
            const change = changeOf(record);
            if (unknown.includes(change)) return { kind: 'unknown', why: 'there is no image' };
            return { kind: stale.includes(change) ? 'stale' : 'fresh' };
          }),
        ),
      );
  const outcomesOf = ({ events }: ReturnType<typeof scripted>) =>
    events.flatMap((event) => (event.kind === 'ran' ? [event.outcome] : []));

  it('stay, and block what is behind them', async () => {
    const replay = scripted({ options: { judgeFreshness: judge([2, 4]), ifStale: 'fail' } });
    for (const change of [1, 2, 3, 4]) replay.putLetter(letterOf('a', change));
    expect(await runReplay(replay.options)).toMatchObject({ settled: 1, left: 3 });
    expect(outcomesOf(replay)).toEqual(['handled', 'stale', 'blocked', 'stale']);
  });

  it('are deleted unrun if they are to be skipped, and the others run', async () => {
    const replay = scripted({ options: { judgeFreshness: judge([1, 3]), ifStale: 'skip' } });
    for (const change of [1, 2, 3, 4]) replay.putLetter(letterOf('a', change));
    expect(await runReplay(replay.options)).toMatchObject({ settled: 4, left: 0 });
    expect(outcomesOf(replay)).toEqual(['skipped', 'handled', 'skipped', 'handled']);
    expect(replay.ran.map(({ change }) => change)).toEqual([2, 4]);
  });

  it('stay, with the reason, if that cannot be told', async () => {
    const replay = scripted({ options: { judgeFreshness: judge([], [1]), ifStale: 'skip' } });
    replay.putLetter(letterOf('a', 1));
    await runReplay(replay.options);
    expect(replay.events.find(({ kind }) => kind === 'ran')).toMatchObject({
      outcome: 'stale',
      errorMessage: 'there is no image',
    });
  });

  it('run all the same if they stand in line', async () => {
    const replay = scripted({ options: { judgeFreshness: judge([1]), ifStale: 'fail' } });
    replay.putLetter({ ...letterOf('a', 1), parked: { lane: 'p', place: 0 } });
    expect(await runReplay(replay.options)).toMatchObject({ settled: 1 });
  });
});
