import { checkTable, checkView } from '../routing/check-view.ts';
import type { RoutedBy } from '../routing/match.ts';
import type { RouterDefinition } from '../routing/route.ts';
import { UnreadableRecordError } from '../errors.ts';
import { framedKeys, itemOf, laneOf } from '../stream/lane.ts';
import type { RecordSource } from '../stream/read-record.ts';
import { createTableOf, eventIdOf, readRecord, sequenceNumberOf, tableOfRaw } from '../stream/read-record.ts';
import { createdAtMsOf } from '../stream/record-facts.ts';
import type { RawRecord } from '../stream/record.ts';
import type { Invocation, Progress } from './invocation.ts';
import { createLanes } from './lanes.ts';
import type { RecordEvent } from './observer.ts';
import type { OutcomeName, RecordResult, RouteResult } from './outcome.ts';
import { isSettled } from './outcome.ts';
import type { Incoming } from './run-record.ts';
import { runRecord } from './run-record.ts';

export interface BatchRules {
  readonly routers: readonly RouterDefinition[];
  readonly routes: readonly RoutedBy[];
  /** `item`: order is kept within an item. `shard`: within the batch. */
  readonly order: 'item' | 'shard';
  /** How many lanes run at once. */
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
  const { incoming, laneNames } = readBatch(records, rules);
  const lanes = createLanes(laneNames, { othersGoOn: invocation.ledger !== undefined });
  const outcomes = new Array<OutcomeName | undefined>(records.length).fill(undefined);
  const tell = (index: number, result: RecordResult): void => {
    const one = incoming[index];
    if (one !== undefined) invocation.observer.onRecord(recordEvent(one, result, invocation));
  };

  const runLanes = async (progress: Progress): Promise<void> => {
    for (let index = lanes.take(); index !== undefined; index = lanes.take()) {
      for (let next: number | undefined = index; next !== undefined;) {
        const one = incoming[next];
        if (one === undefined || invocation.deadline.remainingMs() <= 0) return;
        progress.index = next;
        progress.route = null;
        const result = await runRecord(one, rules.routes, invocation, progress);
        // The response is given: the record counts as deferred, and was told as such.
        if (invocation.deadline.isResponseDue()) return;
        outcomes[next] = result.outcome;
        tell(next, result);
        // Then the time is over for all.
        if (result.outcome === 'deferred') return;
        next = lanes.finish(next, isSettled(result.outcome));
      }
    }
  };
  const slots = Array.from(
    { length: rules.order === 'shard' ? 1 : Math.min(rules.concurrency, records.length) },
    (): Progress => ({ index: -1, route: null, startedAt: 0, attempts: 0 }),
  );
  await Promise.race([Promise.all(slots.map(runLanes)), invocation.deadline.responseDue]);

  return outcomes.map((outcome, index) => {
    if (outcome !== undefined) return outcome;
    const unfinished: RecordResult = lanes.isBlocked(index)
      ? { outcome: 'blocked', routes: [] }
      : { outcome: 'deferred', routes: slots.filter((slot) => slot.index === index).map(unfinishedRoute) };
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

function read(raw: RawRecord, source: RecordSource): Incoming {
  try {
    return readRecord(raw, source);
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    return { raw, unreadable: error };
  }
}

interface Batch {
  readonly incoming: readonly Incoming[];
  readonly laneNames: readonly string[];
}

/**
 * Reads, checks and sorts into lanes in one pass: a large batch is out of the processor's caches by the next one.
 * @throws InvalidEventError or ViewMismatchError
 */
function readBatch(records: readonly RawRecord[], { routers, order }: BatchRules): Batch {
  const source = { tableOf: createTableOf() };
  const nameLane = order === 'shard' ? () => '' : createLaneNames();
  const incoming: Incoming[] = [];
  const laneNames: string[] = [];
  for (const raw of records) {
    const one = read(raw, source);
    if (!('unreadable' in one)) {
      checkTable(routers, one);
      for (const router of routers) checkView(router, one);
    }
    laneNames.push(nameLane(one, incoming.length));
    incoming.push(one);
  }
  return { incoming, laneNames };
}

/**
 * A record that cannot be read is still a change of its item, if that much can be told; if not, it has a lane of its own.
 * Lambda's batches are of one stream, whose name is left out.
 */
function createLaneNames(): (one: Incoming, index: number) => string {
  let home: string | undefined;
  return (one, index) => {
    const { eventSourceArn, keys } = 'unreadable' in one ? framedKeys(one.raw) : one;
    if (keys === undefined) return `unreadable ${index}`;
    home ??= eventSourceArn;
    return eventSourceArn === home ? itemOf({ keys }) : laneOf({ keys, eventSourceArn });
  };
}
