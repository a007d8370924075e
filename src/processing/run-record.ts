import { UnreadableRecordError } from '../errors.ts';
import type { RoutedBy } from '../routing/match.ts';
import { matches } from '../routing/match.ts';
import type { RouterDefinition } from '../routing/route.ts';
import type { ReadRecord } from '../stream/read-record.ts';
import { eventIdOf } from '../stream/read-record.ts';
import type { RawRecord } from '../stream/record.ts';
import type { Invocation, Progress } from './invocation.ts';
import type { RecordResult, RouteResult } from './outcome.ts';
import { isSettled, recordResult } from './outcome.ts';
import { RouteTask } from './route-task.ts';
import { runTask } from './run-task.ts';
import type { Task } from './task.ts';

/** A record whose frame could not be read. */
export interface Unreadable {
  readonly raw: RawRecord;
  readonly unreadable: unknown;
}

/** A record, as reading its frame left it. */
export type Incoming = ReadRecord | Unreadable;

/** All the routes there are, in order of declaration. */
export const routesOf = (routers: readonly RouterDefinition[]): readonly RoutedBy[] =>
  routers.flatMap((router) => router.routes.map((route) => ({ route, router })));

/** Handles one record by all the routes that are for it, one after the other. Never throws. */
export function runRecord(
  incoming: Incoming,
  routes: readonly RoutedBy[],
  invocation: Invocation,
  progress: Progress,
): RecordResult | Promise<RecordResult> {
  if ('unreadable' in incoming)
    return refuse(incoming.raw, incoming.unreadable, invocation, progress).then(ofOneRoute);
  const matching: RoutedBy[] = [];
  try {
    for (const routed of routes) if (matches(routed, incoming)) matching.push(routed);
  } catch (error) {
    return refuse(incoming.raw, error, invocation, progress).then(ofOneRoute);
  }
  const [only] = matching;
  if (only === undefined) return unrouted;
  return matching.length === 1
    ? runTask(new RouteTask(only, incoming, invocation), invocation, progress).then(ofOneRoute)
    : runAll(matching, incoming, invocation, progress);
}

const unrouted: RecordResult = { outcome: 'unrouted', routes: [] };

const ofOneRoute = (result: RouteResult): RecordResult => ({ outcome: result.outcome, routes: [result] });

async function runAll(
  matching: readonly RoutedBy[],
  record: ReadRecord,
  invocation: Invocation,
  progress: Progress,
): Promise<RecordResult> {
  const results: RouteResult[] = [];
  for (const routed of matching) {
    results.push(
      mayStart(results, invocation)
        ? await runTask(new RouteTask(routed, record, invocation), invocation, progress)
        : { route: routed.route.name, outcome: 'deferred', attempts: 0, durationMs: 0 },
    );
  }
  return recordResult(results);
}

/** Without a ledger, what ran after a failure would run again with the redelivery that the failure brings. */
const mayStart = (before: readonly RouteResult[], { ledger, deadline }: Invocation): boolean =>
  deadline.remainingMs() > 0 && (ledger !== undefined || before.every(({ outcome }) => isSettled(outcome)));

/** A record that cannot be read belongs to no route; it gets its letter as if a route without a name had refused it. */
function refuse(
  raw: RawRecord,
  error: unknown,
  invocation: Invocation,
  progress: Progress,
): Promise<RouteResult> {
  const { consumer, retry } = invocation;
  const eventSourceArn = typeof raw.eventSourceARN === 'string' ? raw.eventSourceARN : '';
  const task: Task = {
    consumer,
    route: null,
    eventSourceArn,
    eventId: eventIdOf(raw),
    record: raw,
    retry,
    hasDoubt: false,
    wants: () => Promise.resolve(true),
    run: () => Promise.reject(error instanceof Error ? error : new UnreadableRecordError('unreadable')),
  };
  return runTask(task, invocation, progress);
}
