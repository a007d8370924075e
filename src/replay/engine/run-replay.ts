import { createTakeIn } from './collect.ts';
import { createHoldings } from './holdings.ts';
import { keepInvisible } from './keep-invisible.ts';
import { createNumbering } from './numbering.ts';
import { createPace } from './pace.ts';
import { countAllowed, planLanes } from './plan-lanes.ts';
import { receiveAll } from './receive-all.ts';
import type { ReplaySummary, RunOptions } from './run-options.ts';
import { runRound } from './run-round.ts';
import { showPlan } from './show-plan.ts';
import { openSpool } from './spool.ts';
import { createTally } from './tally.ts';
import { waitForOthers } from './wait-for-others.ts';
import { createWorkIndex } from './work-index.ts';

/**
 * Replays the dead letters of a queue. All that is there is received before anything runs, for the letters of an item lie
 * in a queue in any order. A FIFO queue gives the next messages of a group when the first are deleted, so it takes rounds.
 * @throws ReplayError if others work on the queue, or the queue or the target cannot be used
 */
export async function runReplay(options: RunOptions): Promise<ReplaySummary> {
  const { queue, runtime, signal, visibilitySeconds, dryRun, onEvent } = options;
  const beganAtMs = runtime.now();
  const tally = createTally(onEvent);
  await waitForOthers(options);

  const spool = openSpool();
  const holdings = createHoldings(options, spool);
  const works = createWorkIndex(spool);
  const heartbeat = keepInvisible(holdings, visibilitySeconds, runtime);
  const caused = createNumbering();
  const pace = createPace(options.ratePerSecond, runtime, signal);
  const closedItems = new Set<number>();
  const settled: boolean[] = [];
  /** Messages, of those that `max` allows. */
  let begun = 0;
  const end = (work: number, isSettled: boolean) => void (settled[work] = isSettled);
  const takeIn = createTakeIn({
    options,
    holdings,
    works,
    tally,
    caused,
    isSettled: (work) => settled[work],
  });
  const round = { options, works, holdings, tally, pace, caused, closedItems, end };

  /** @returns whether another round may bring more */
  const runOnce = async (): Promise<boolean> => {
    const first = works.size;
    const { newMessages, isFull } = await receiveAll(options, holdings, takeIn);
    const fresh = Array.from({ length: works.size - first }, (_, index) => first + index);
    const room = (options.max ?? Infinity) - begun;
    const plan = planLanes(fresh, works, room);
    begun += plan.messages.allowed;
    tally.countSelected(-plan.messages.beyond);
    const total = tally.expectWorks(plan);
    onEvent({ kind: 'collected', messages: newMessages, works: total, items: plan.laneCount });
    const settledBefore = holdings.settledCount;
    try {
      if (dryRun) await showPlan(options, plan, works, holdings);
      else if (!signal.aborted) await runRound({ ...round, plan });
    } finally {
      await holdings.flush();
    }
    tally.countOutcome(
      'not run',
      countAllowed(plan, (work) => settled[work] === undefined),
    );
    const mayFindMore = queue.isFifo || (isFull && holdings.settledCount > settledBefore);
    return newMessages > 0 && mayFindMore && begun < (options.max ?? Infinity);
  };

  try {
    while (!signal.aborted && (await runOnce()));
  } finally {
    await heartbeat.stop();
    await holdings.giveBack();
    spool.close();
  }
  return {
    selected: tally.selected,
    settled: holdings.settledCount,
    left: tally.selected - holdings.settledCount,
    outcomes: tally.outcomes,
    foreign: tally.foreign,
    durationMs: runtime.now() - beganAtMs,
    wasInterrupted: signal.aborted,
  };
}
