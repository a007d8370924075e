import { checkTable, checkView } from '../routing/check-view.ts';
import type { RoutedBy } from '../routing/match.ts';
import type { RouterDefinition } from '../routing/route.ts';
import { UnreadableRecordError } from '../errors.ts';
import { framedKeys, itemOf, laneOf } from '../stream/lane.ts';
import type { RecordSource } from '../stream/read-record.ts';
import { createTableOf, eventIdOf, readRecord, sequenceNumberOf, tableOfRaw } from '../stream/read-record.ts';
import { createdAtMsOf } from '../stream/record-facts.ts';
import type { RawRecord } from '../stream/record.ts';
import type { Invocation } from './invocation.ts';
import { createLanes } from './lanes.ts';
import type { RecordEvent } from './observer.ts';
import type { RecordResult, RouteResult } from './outcome.ts';
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
 * Handles a batch: one result for each record, in the records' order. Ends when every record is through, or when the
 * response is due, whatever still runs then.
 * @throws InvalidEventError or ViewMismatchError, before anything is started
 */
export async function runBatch(
  records: readonly RawRecord[],
  rules: BatchRules,
  invocation: Invocation,
): Promise<readonly RecordResult[]> {
  const source = { tableOf: createTableOf() };
  const incoming = records.map((raw) => read(raw, source));
  for (const one of incoming) {
    if ('unreadable' in one) continue;
    checkTable(rules.routers, one);
    for (const router of rules.routers) checkView(router, one);
  }
  const names = rules.order === 'shard' ? incoming.map(() => '') : laneNames(incoming);
  const lanes = createLanes(names, { othersGoOn: invocation.ledger !== undefined });
  const results = new Array<RecordResult | undefined>(records.length).fill(undefined);
  const tell = (index: number, result: RecordResult): void => {
    const one = incoming[index];
    if (one !== undefined) invocation.observer.onRecord(recordEvent(one, result, invocation));
  };

  const runLanes = async (): Promise<void> => {
    for (let index = lanes.take(); index !== undefined; index = lanes.take()) {
      for (let next: number | undefined = index; next !== undefined;) {
        const one = incoming[next];
        if (one === undefined || invocation.deadline.remainingMs() <= 0) return;
        const result = await runRecord(one, rules.routes, invocation);
        // The response is given: the record counts as deferred, and was told as such.
        if (invocation.deadline.isResponseDue()) return;
        results[next] = result;
        tell(next, result);
        // Then the time is over for all.
        if (result.outcome === 'deferred') return;
        next = lanes.finish(next, isSettled(result.outcome));
      }
    }
  };
  const slots = rules.order === 'shard' ? 1 : Math.min(rules.concurrency, records.length);
  await Promise.race([Promise.all(Array.from({ length: slots }, runLanes)), invocation.deadline.responseDue]);

  return results.map((result, index) => {
    if (result !== undefined) return result;
    const unfinished: RecordResult = lanes.isBlocked(index)
      ? { outcome: 'blocked', routes: [] }
      : { outcome: 'deferred', routes: unfinishedRoutes(records[index], invocation) };
    tell(index, unfinished);
    return unfinished;
  });
}

/** The route that still runs as the response is given: the one to look at. None, if the record was not begun. */
function unfinishedRoutes(
  record: RawRecord | undefined,
  { running, runtime }: Invocation,
): readonly RouteResult[] {
  const progress = record && running.get(record);
  if (progress === undefined) return [];
  const { route, attempts, startedAt } = progress;
  return [{ route, outcome: 'deferred', attempts, durationMs: runtime.now() - startedAt }];
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

/**
 * A record that cannot be read is still a change of its item, if that much can be told; if not, it has a lane of its own.
 * Lambda's batches are of one stream, whose name is left out.
 */
function laneNames(incoming: readonly Incoming[]): readonly string[] {
  let home: string | undefined;
  return incoming.map((one, index) => {
    const { eventSourceArn, keys } = 'unreadable' in one ? framedKeys(one.raw) : one;
    if (keys === undefined) return `unreadable ${index}`;
    home ??= eventSourceArn;
    return eventSourceArn === home ? itemOf({ keys }) : laneOf({ keys, eventSourceArn });
  });
}
