import { factsUnlessAborted } from '../queue/facts-unless-aborted.ts';
import { createTakeIn } from './collect.ts';
import { createHoldings } from './holdings.ts';
import { keepInvisible } from './keep-invisible.ts';
import { limitTrouble } from './limit-trouble.ts';
import { createNumbering } from './numbering.ts';
import { createPace } from './pace.ts';
import { countAllowed, planLanes } from './plan-lanes.ts';
import { receiveAll } from './receive-all.ts';
import type { ReplaySummary, RunOptions } from './run-options.ts';
import { runRound } from './run-round.ts';
import { showPlan } from './show-plan.ts';
import { openSpool } from './spool.ts';
import type { Tally } from './tally.ts';
import { createTally } from './tally.ts';
import { waitForOthers } from './wait-for-others.ts';
import { createWorkIndex } from './work-index.ts';

/**
 * Replays the dead letters of a queue. All that is there is received before anything runs, for the letters of an item lie
 * in a queue in any order. A FIFO queue gives the next messages of a group when the first are deleted, so it takes rounds.
 * @throws ReplayError if others work on the queue, or the queue or the target cannot be used
 */
export async function runReplay(given: RunOptions): Promise<ReplaySummary> {
  const trouble = limitTrouble(given.onEvent);
  try {
    return await replayAll({ ...given, onEvent: (event) => trouble.onEvent(event) });
  } finally {
    trouble.end();
  }
}

async function replayAll(options: RunOptions): Promise<ReplaySummary> {
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
  /** Those that were so in every round, if the queue was asked. */
  let delayed: number | undefined;
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
    const { newMessages, isFull, ...received } = await receiveAll(options, holdings, takeIn);
    delayed = leastOf(delayed, received.delayed);
    const fresh = Array.from({ length: works.size - first }, (_, index) => first + index);
    const room = (options.max ?? Infinity) - begun;
    const plan = planLanes(fresh, works, room);
    begun += plan.messages.allowed;
    tally.countSelected(-plan.messages.beyond);
    const total = tally.expectWorks(plan);
    onEvent({ kind: 'collected', messages: newMessages, works: total, items: plan.laneCount });
    const settledBefore = holdings.settledCount;
    try {
      if (dryRun) await showPlan({ options, plan, works, holdings, tally });
      else if (!signal.aborted) await runRound({ ...round, plan });
    } finally {
      await holdings.flush();
    }
    if (!dryRun)
      tally.countOutcome(
        'not run',
        countAllowed(plan, (work) => settled[work] === undefined),
      );
    const mayFindMore = queue.isFifo || (isFull && holdings.settledCount > settledBefore);
    return newMessages > 0 && mayFindMore && begun < (options.max ?? Infinity);
  };

  let isAtLeast = false;
  try {
    while (!signal.aborted && (await runOnce()));
    if (dryRun && queue.isFifo) isAtLeast = await tellOfTheRest(options);
  } finally {
    await heartbeat.stop();
    await holdings.giveBack();
    spool.close();
  }
  // Who asked for no more than so many has got them.
  const notYet = begun < (options.max ?? Infinity) ? (delayed ?? 0) : 0;
  if (notYet > 0) tellOfDelayed(notYet, options, tally);
  return {
    selected: tally.selected,
    settled: holdings.settledCount,
    left: tally.selected - holdings.settledCount,
    outcomes: tally.outcomes,
    foreign: tally.foreign,
    ...(notYet > 0 && { delayed: notYet }),
    ...(isAtLeast && { isAtLeast }),
    durationMs: runtime.now() - beganAtMs,
    wasInterrupted: signal.aborted,
  };
}

const leastOf = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

/** What they are nobody knows, so they may be what was asked for. */
function tellOfDelayed(count: number, { queue, onEvent }: RunOptions, tally: Tally): void {
  tally.countSelected(count);
  onEvent({
    kind: 'trouble',
    what: `${count} messages of the queue ${queue.url} are delayed, and could not be looked at: replay again when their time has come`,
    error: undefined,
  });
}

/** Resolves to whether there is more than a FIFO queue gives at once. */
async function tellOfTheRest({ queue, signal, onEvent }: RunOptions): Promise<boolean> {
  const { visible } = (await factsUnlessAborted(queue, signal)) ?? { visible: 0 };
  if (visible === 0) return false;
  onEvent({
    kind: 'trouble',
    what:
      `about ${visible} messages of the queue ${queue.url} were not looked at: a FIFO queue gives the next messages of a ` +
      'group when the first are deleted',
    error: undefined,
  });
  return true;
}
