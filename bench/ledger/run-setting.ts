import type { Progress } from '../report/progress.ts';
import type { TurnOutcome } from './measure-in-child.ts';
import { measureInChild } from './measure-in-child.ts';
import type { SettingResult } from './result.ts';
import { rowOf } from './result.ts';
import type { Setting } from './settings.ts';
import { startSlowProxy } from './slow-proxy.ts';

export interface SettingRun {
  /** Ids. */
  readonly chosen: readonly string[];
  readonly rounds: number;
  /** The engine's. */
  readonly endpoint: string;
  readonly progress: Progress;
}

/**
 * The contestants take turns, round by round, so that what slows the machine for a while slows all of them. The proxy runs
 * here: this process does nothing else but read the engine's log.
 */
export async function runSetting(setting: Setting, run: SettingRun): Promise<SettingResult> {
  await using cleanUp = new AsyncDisposableStack();
  const { id, delayMs, handlerMs } = setting;
  const endpoint =
    delayMs === 0
      ? run.endpoint
      : cleanUp.use(await startSlowProxy({ target: run.endpoint, delayMs })).endpoint;
  const turns = new Map<string, readonly TurnOutcome[]>(run.chosen.map((contestant) => [contestant, []]));
  let proxyBusy = 0;
  for (let round = 1; round <= run.rounds; round += 1)
    for (const [contestant, before] of turns) {
      run.progress.step(`${id}, round ${round}: ${contestant}`);
      if (before.some(({ kind }) => kind === 'failed')) continue;
      const loop = performance.eventLoopUtilization();
      const tableName = `${id}-${contestant}-${round}`;
      const outcome = await measureInChild({ contestant, endpoint, tableName, handlerMs });
      proxyBusy = Math.max(proxyBusy, performance.eventLoopUtilization(loop).utilization);
      turns.set(contestant, [...before, outcome]);
    }
  return {
    setting,
    rows: [...turns].map(([contestant, outcomes]) => rowOf(contestant, outcomes)),
    turns: Object.fromEntries(turns),
    proxyBusy,
  };
}
