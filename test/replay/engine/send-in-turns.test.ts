import { describe, expect, it } from 'vitest';
import type { LanePart, LaneQueue } from '../../../src/replay/engine/lane-queue.ts';
import { sendInTurns } from '../../../src/replay/engine/send-in-turns.ts';
import { runReplay } from '../../../src/replay/engine/run-replay.ts';
import { instantRuntime } from '../../instant-runtime.ts';
import { letterOf, scripted } from './run-scripted.ts';

/** Lets what has been begun come to an end; resolves to whether it did. */
async function hasEnded(promise: Promise<unknown>, turns = 1_000): Promise<boolean> {
  const state = { isOver: false };
  void promise.then(() => (state.isOver = true));
  for (let turn = 0; turn < turns && !state.isOver; turn += 1) await new Promise(setImmediate);
  return state.isOver;
}

/** One lane with one work. */
function oneWork() {
  const state = { isGiven: false, isOver: false };
  const lanes: LaneQueue = {
    get hasWaiting() {
      return !state.isOver;
    },
    take() {
      if (state.isGiven) return [];
      state.isGiven = true;
      return [{ lane: 0, place: 0, works: [0] }] satisfies LanePart[];
    },
    release: () => undefined,
    close: () => undefined,
  };
  return { lanes, end: () => (state.isOver = true) };
}

/** The second to take gets its share when `until` resolves. */
function slowForTheSecond(until: Promise<unknown>) {
  let takers = 0;
  return {
    take: async () => {
      takers += 1;
      if (takers === 2) {
        await until;
        await new Promise(setImmediate);
      }
      return 1;
    },
    giveBack: () => undefined,
  };
}

describe('work that is sent in turns', () => {
  it('ends when the last of it ended while another taker waited for its pace', async () => {
    const { lanes, end } = oneWork();
    const finished = Promise.withResolvers<undefined>();
    const sending = sendInTurns({
      options: { concurrency: 2, signal: new AbortController().signal, runtime: instantRuntime() },
      lanes,
      pace: slowForTheSecond(finished.promise),
      work: () => {
        end();
        finished.resolve(undefined);
        return Promise.resolve(1);
      },
    });
    expect(await hasEnded(sending)).toBe(true);
  });

  it('ends when it is interrupted while one taker waits for what another was to do', async () => {
    const { lanes } = oneWork();
    const controller = new AbortController();
    const atWork = Promise.withResolvers<number>();
    const sending = sendInTurns({
      options: { concurrency: 2, signal: controller.signal, runtime: instantRuntime() },
      lanes,
      pace: { take: () => Promise.resolve(1), giveBack: () => undefined },
      work: () => atWork.promise,
    });
    expect(await hasEnded(sending, 20)).toBe(false);
    controller.abort();
    atWork.resolve(0);
    expect(await hasEnded(sending)).toBe(true);
  });

  it('comes to its end at a rate of its own, whatever the rate', async () => {
    for (const ratePerSecond of [1, 3, 40]) {
      const runtime = instantRuntime();
      const sleep = async (ms: number) => {
        await new Promise(setImmediate);
        runtime.advance(ms);
      };
      const replay = scripted({
        options: { ratePerSecond, runtime: { ...runtime, sleep } },
        during: () => new Promise(setImmediate),
      });
      for (let change = 1; change <= 9; change += 1) replay.putLetter(letterOf(`item-${change % 4}`, change));
      expect(await hasEnded(runReplay(replay.options))).toBe(true);
      expect(replay.ran).toHaveLength(9);
    }
  });
});
