import type { LocalStack } from '../../src/local/index.ts';
import type { Progress } from '../report/progress.ts';
import type { Bundle } from './bundle.ts';
import { bundle } from './bundle.ts';
import type { ColdStartContestant } from './contestants.ts';
import type { Ground } from './ground.ts';
import { prepareGround } from './ground.ts';
import type { StartOutcome } from './measure-in-child.ts';
import type { Table } from './result.ts';
import { rowOf } from './result.ts';
import type { Setting } from './settings.ts';
import { startOnce } from './start-once.ts';

export interface SettingRun {
  readonly chosen: readonly ColdStartContestant[];
  readonly setting: Setting;
  readonly esbuild: object;
  readonly rounds: number;
  /** Where bundles go, and where they find what they leave out. */
  readonly folder: string;
  readonly child: string;
  readonly stack: LocalStack;
  readonly progress: Progress;
}

export interface SettingResult {
  readonly table: Table;
  readonly starts: Readonly<Record<string, readonly StartOutcome[]>>;
}

interface Entered {
  readonly contestant: ColdStartContestant;
  readonly bundle: Bundle;
  readonly ground: Ground;
}

/**
 * The contestants take turns, so that what slows the machine for a while slows all of them. The first round does not
 * count: files and engines are cold in it.
 */
export async function runSetting(run: SettingRun): Promise<SettingResult> {
  const { chosen, setting, esbuild, rounds, folder, child, stack, progress } = run;
  await using cleanUp = new AsyncDisposableStack();
  const entered: Entered[] = [];
  for (const contestant of chosen)
    entered.push({
      contestant,
      bundle: await bundle(contestant, setting, esbuild, folder),
      ground: cleanUp.use(await prepareGround(stack, `${setting.id}-${contestant.id}`)),
    });

  const starts = new Map<string, readonly StartOutcome[]>(chosen.map(({ id }) => [id, []]));
  for (let round = 0; round <= rounds; round += 1) {
    progress.step(`${setting.id}, round ${round}`);
    // Every other round the other way round: whoever follows a large one may find the machine warmer.
    for (const { contestant, bundle, ground } of round % 2 === 0 ? entered : entered.toReversed()) {
      const { id } = contestant;
      const name = `${id}-${round}`;
      const outcome = await startOnce({ child, bundle: bundle.file, ground, folder, name });
      if (round > 0) starts.set(id, [...(starts.get(id) ?? []), outcome]);
    }
  }
  const outcomes = await Promise.all(
    entered.map(async (one) => {
      const id = one.contestant.id;
      return [id, await checked(one, starts.get(id) ?? [], rounds + 1)] as const;
    }),
  );
  const all = Object.fromEntries(outcomes);
  return {
    table: {
      setting,
      rows: entered.map(({ contestant, bundle }) => rowOf(contestant, bundle, all[contestant.id] ?? [])),
    },
    starts: all,
  };
}

/** What is measured is also what was done: a note and a letter by each start. */
async function checked(
  { ground }: Entered,
  starts: readonly StartOutcome[],
  expected: number,
): Promise<readonly StartOutcome[]> {
  const { notes, letters } = await ground.count();
  if (notes === expected && letters === expected) return starts;
  const reason = `${expected} starts left ${notes} notes and ${letters} letters`;
  return [...starts, { kind: 'failed', reason }];
}
