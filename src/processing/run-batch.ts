import type { RoutedBy } from '../routing/match.ts';
import type { RouterDefinition } from '../routing/route.ts';
import { eventIdOf, sequenceNumberOf, tableOfRaw } from '../stream/read-record.ts';
import { createdAtMsOf } from '../stream/record-facts.ts';
import type { RawRecord } from '../stream/record.ts';
import type { Invocation, Progress } from './invocation.ts';
import { createLanes } from './lanes.ts';
import type { RecordEvent } from './observer.ts';
import type { OutcomeName, RecordResult, RouteResult } from './outcome.ts';
import { isSettled } from './outcome.ts';
import { readBatch } from './read-batch.ts';
import { replayRecord } from './replay-record.ts';
import { runRecord } from './run-record.ts';
import { createSlots } from './slots.ts';
import type { Incoming } from './tasks.ts';
import { createUpcoming } from './upcoming.ts';
import { waitAtMost } from './wait-at-most.ts';

export interface BatchRules {
  readonly routers: readonly RouterDefinition[];
  readonly routes: readonly RoutedBy[];
  /** `item`: order is kept within an item. `shard`: within the batch. */
  readonly order: 'item' | 'shard';
  /** How many handlers run at once. */
  readonly concurrency: number;
  /** Told how each record ended, by its place in the batch. */
  readonly onResult?: (index: number, result: RecordResult) => void;
}

/**
 * Handles a batch: one outcome for each record, in the records' order. Ends when every record is through, or when the
 * response is due, whatever still runs then.
 * @throws InvalidEventError or ViewMismatchError, before anything is started
 */
export async function runBatch(
  records: readonly RawRecord[],
  rules: BatchRules,
  invocation: Invocation,
): Promise<readonly OutcomeName[]> {
  const { deadline, ledgerAhead } = invocation;
  const sorted = readBatch(records, rules);
  const { incoming, laneNames } = sorted;
  const lanes = createLanes(laneNames, { othersGoOn: invocation.ledger !== undefined });
  const upcoming = createUpcoming(sorted, rules.routes, lanes, invocation);
  const outcomes = new Array<OutcomeName | undefined>(records.length).fill(undefined);
  const tell = (index: number, result: RecordResult): void => {
    const one = incoming[index];
    rules.onResult?.(index, result);
    if (one !== undefined) invocation.observer.onRecord(recordEvent(one, result, invocation));
  };

  const slots = createSlots(rules.order === 'shard' ? 1 : rules.concurrency, () => begin());
  const { promise: allThrough, resolve, reject } = Promise.withResolvers<undefined>();
  /** The next of their lanes, now that the one before is settled. */
  const ready: number[] = [];
  /** All there are; those of records that are under way have an index. */
  const progresses: Progress[] = [];
  const idle: Progress[] = [];
  const mostUnderWay = rules.concurrency + ledgerAhead;
  let underWay = 0;
  /** Of those, how many wait for another run and hold up nobody. */
  let resting = 0;
  let isOver = false;

  const next = (): number | undefined => {
    if (isOver || underWay - resting >= mostUnderWay) return undefined;
    const index = ready.shift() ?? lanes.take();
    if (index === undefined || deadline.remainingMs() > 0) return index;
    isOver = true;
    return undefined;
  };

  /** A record is under way from its start until it is settled, with a slot or without. */
  function begin(): void {
    while (slots.hasRoom) {
      const index = next();
      if (index === undefined) break;
      slots.enter();
      work(index).catch(reject);
    }
    if (underWay === 0) resolve(undefined);
  }

  /** Holds a slot for as long as there is something to start. */
  async function work(first: number): Promise<void> {
    for (let index: number | undefined = first; index !== undefined;) {
      const progress = idle.pop() ?? newProgress();
      progress.index = index;
      progress.route = null;
      underWay += 1;
      const ran = await start(index, progress);
      if ('settling' in ran) settleLater(index, ran.settling, progress).catch(reject);
      else end(index, ran, progress);
      index = slots.isWanted ? undefined : next();
    }
    slots.leave();
  }

  function start(index: number, progress: Progress): ReturnType<typeof runRecord> {
    const work = invocation.replay?.[index];
    const record = records[index];
    const tasks = upcoming.take(index);
    return work === undefined || record === undefined
      ? runRecord(tasks, invocation, progress)
      : replayRecord({ work, record, tasks }, invocation, progress);
  }

  async function settleLater(
    index: number,
    settling: Promise<RecordResult>,
    progress: Progress,
  ): Promise<void> {
    end(index, await settling, progress);
    begin();
  }

  function end(index: number, result: RecordResult, progress: Progress): void {
    underWay -= 1;
    // The response is given: the record counts as deferred, and was told as such.
    if (deadline.isResponseDue()) return;
    progress.index = -1;
    idle.push(progress);
    outcomes[index] = result.outcome;
    tell(index, result);
    // Then the time is over for all.
    if (result.outcome === 'deferred') isOver = true;
    else {
      const settled = isSettled(result.outcome);
      const following = lanes.finish(index, settled);
      if (!settled) upcoming.dropBlocked();
      if (following !== undefined) ready.push(following);
    }
  }

  async function rest(wait: () => Promise<void>): Promise<void> {
    resting += 1;
    try {
      await slots.rest(wait);
    } finally {
      resting -= 1;
    }
  }

  function newProgress(): Progress {
    const progress: Progress = { index: -1, route: null, startedAt: 0, attempts: 0, rest };
    progresses.push(progress);
    return progress;
  }

  let released: Promise<void> | undefined;
  /** Nothing is started any more: the claims that were taken ahead are let go while there is time for it. */
  const stop = (): void => {
    isOver = true;
    released ??= upcoming.releaseUnused();
  };
  deadline.signal.addEventListener('abort', stop, { once: true });
  begin();
  await Promise.race([allThrough, deadline.responseDue]);
  stop();
  if (released !== undefined && ledgerAhead > 0) await waitForRelease(released, invocation);

  return outcomes.map((outcome, index) => {
    if (outcome !== undefined) return outcome;
    const running = progresses.filter((progress) => progress.index === index);
    const unfinished: RecordResult =
      running.length === 0 && lanes.isBlocked(index)
        ? { outcome: 'blocked', routes: [] }
        : { outcome: 'deferred', routes: running.map(unfinishedRoute) };
    tell(index, unfinished);
    return unfinished.outcome;
  });

  /** The route that still runs as the response is given: the one to look at. */
  function unfinishedRoute({ route, attempts, startedAt }: Progress): RouteResult {
    return { route, outcome: 'deferred', attempts, durationMs: invocation.runtime.now() - startedAt };
  }
}

const longestReleaseMs = 1_000;

/** A ledger that hangs holds up the response no longer: what is not released ends with its lease. */
const waitForRelease = (released: Promise<void>, { runtime, deadline }: Invocation): Promise<void> =>
  waitAtMost(longestReleaseMs, runtime, Promise.race([released, deadline.responseDue]));

function recordEvent(
  one: Incoming,
  result: RecordResult,
  { consumer, runtime, replay }: Invocation,
): RecordEvent {
  const { raw } = one;
  const record = 'unreadable' in one ? undefined : one;
  const lagMs = runtime.now() - createdAtMsOf(raw);
  return {
    consumer,
    outcome: result.outcome,
    routes: result.routes,
    sequenceNumber: sequenceNumberOf(raw),
    eventId: record?.eventId ?? eventIdOf(raw),
    eventName: record?.eventName,
    table: record?.table ?? tableOfRaw(raw),
    lagMs: Number.isNaN(lagMs) ? undefined : lagMs,
    isReplay: replay !== undefined,
  };
}
