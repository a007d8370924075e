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
import { runRecord } from './run-record.ts';
import { createSlots } from './slots.ts';
import type { Incoming } from './tasks.ts';
import { createUpcoming } from './upcoming.ts';

export interface BatchRules {
  readonly routers: readonly RouterDefinition[];
  readonly routes: readonly RoutedBy[];
  /** `item`: order is kept within an item. `shard`: within the batch. */
  readonly order: 'item' | 'shard';
  /** How many handlers run at once. */
  readonly concurrency: number;
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
  const { incoming, laneNames } = readBatch(records, rules);
  const lanes = createLanes(laneNames, { othersGoOn: invocation.ledger !== undefined });
  const upcoming = createUpcoming(incoming, rules.routes, lanes, invocation);
  const outcomes = new Array<OutcomeName | undefined>(records.length).fill(undefined);
  const tell = (index: number, result: RecordResult): void => {
    const one = incoming[index];
    if (one !== undefined) invocation.observer.onRecord(recordEvent(one, result, invocation));
  };

  const slots = createSlots(rules.order === 'shard' ? 1 : rules.concurrency, () => begin());
  const { promise: allThrough, resolve, reject } = Promise.withResolvers<undefined>();
  /** The next of their lanes, now that the one before is settled. */
  const ready: number[] = [];
  const underWay = new Set<Progress>();
  const idle: Progress[] = [];
  const mostUnderWay = rules.concurrency + ledgerAhead;
  let isOver = false;

  /** Starts what may be started. A record is under way from its start until it is settled, with a slot or without. */
  function begin(): void {
    while (slots.hasRoom && underWay.size < mostUnderWay && !isOver) {
      const index = ready.shift() ?? lanes.take();
      if (index === undefined) break;
      if (deadline.remainingMs() <= 0) isOver = true;
      else run(index).catch(reject);
    }
    if (underWay.size === 0) resolve(undefined);
  }

  async function run(index: number): Promise<void> {
    const progress = idle.pop() ?? newProgress();
    progress.index = index;
    progress.route = null;
    underWay.add(progress);
    slots.enter();
    const ran = await runRecord(upcoming.take(index), invocation, progress);
    const settling = ran.result instanceof Promise;
    if (settling) slots.leave();
    const result = settling ? await ran.result : ran.result;
    // The response is given: the record counts as deferred, and was told as such.
    if (deadline.isResponseDue()) return;
    outcomes[index] = result.outcome;
    tell(index, result);
    underWay.delete(progress);
    idle.push(progress);
    // Then the time is over for all.
    if (result.outcome === 'deferred') isOver = true;
    else {
      const next = lanes.finish(index, isSettled(result.outcome));
      if (next !== undefined) ready.push(next);
    }
    if (settling) begin();
    else slots.leave();
  }
  const newProgress = (): Progress => ({
    index: -1,
    route: null,
    startedAt: 0,
    attempts: 0,
    rest: (wait) => slots.rest(wait),
  });

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
  await Promise.race([released, deadline.responseDue]);

  return outcomes.map((outcome, index) => {
    if (outcome !== undefined) return outcome;
    const unfinished: RecordResult = lanes.isBlocked(index)
      ? { outcome: 'blocked', routes: [] }
      : {
          outcome: 'deferred',
          routes: [...underWay].filter((progress) => progress.index === index).map(unfinishedRoute),
        };
    tell(index, unfinished);
    return unfinished.outcome;
  });

  /** The route that still runs as the response is given: the one to look at. */
  function unfinishedRoute({ route, attempts, startedAt }: Progress): RouteResult {
    return { route, outcome: 'deferred', attempts, durationMs: invocation.runtime.now() - startedAt };
  }
}

function recordEvent(one: Incoming, result: RecordResult, { consumer, runtime }: Invocation): RecordEvent {
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
  };
}
