import type { RoutedBy } from '../routing/match.ts';
import { matches } from '../routing/match.ts';
import type { RouterDefinition } from '../routing/route.ts';
import type { ReadRecord } from '../stream/read-record.ts';
import type { RawRecord } from '../stream/record.ts';
import { createRouteRun } from './attempt.ts';
import type { Invocation } from './invocation.ts';
import type { RecordResult, RouteResult } from './outcome.ts';
import { isSettled, recordResult } from './outcome.ts';
import { runTask } from './run-task.ts';

/** A record, and what reading its frame gave. */
export type Incoming =
  | { readonly raw: RawRecord; readonly record: ReadRecord }
  | { readonly raw: RawRecord; readonly unreadable: unknown };

/** All the routes there are, in order of declaration. */
export const routesOf = (routers: readonly RouterDefinition[]): readonly RoutedBy[] =>
  routers.flatMap((router) => router.routes.map((route) => ({ route, router })));

/** Handles one record by all the routes that are for it, one after the other. Never throws. */
export async function runRecord(
  incoming: Incoming,
  routes: readonly RoutedBy[],
  invocation: Invocation,
): Promise<RecordResult> {
  if ('unreadable' in incoming)
    return recordResult([await refuse(incoming, incoming.unreadable, invocation)]);
  const { record } = incoming;
  let matching: readonly RoutedBy[];
  try {
    matching = routes.filter((routed) => matches(routed, record));
  } catch (error) {
    return recordResult([await refuse(incoming, error, invocation)]);
  }
  const results: RouteResult[] = [];
  for (const routed of matching) {
    results.push(await runMatched(routed, record, invocation, results));
  }
  return recordResult(results);
}

function runMatched(
  routed: RoutedBy,
  record: ReadRecord,
  invocation: Invocation,
  before: readonly RouteResult[],
): Promise<RouteResult> | RouteResult {
  const { consumer, deadline, ledger, retry } = invocation;
  const { name, retry: own, when } = routed.route;
  // Without a ledger what would run here ran again with the redelivery that the failure before it brings.
  const pointless = ledger === undefined && before.some(({ outcome }) => !isSettled(outcome));
  if (pointless || deadline.remainingMs() <= 0)
    return { route: name, outcome: 'deferred', attempts: 0, durationMs: 0 };
  const { wants, run } = createRouteRun(routed, record, invocation);
  return runTask(
    {
      work: {
        consumer,
        route: name,
        eventSourceArn: record.eventSourceArn,
        eventId: record.eventId,
      },
      record: record.raw,
      retry: own === undefined ? retry : { ...retry, ...own },
      wants: when && wants,
      run,
    },
    invocation,
  );
}

/** A record that cannot be read belongs to no route; it gets its letter as if a route without a name had refused it. */
function refuse({ raw }: Incoming, error: unknown, invocation: Invocation): Promise<RouteResult> {
  const { consumer, retry } = invocation;
  const work = {
    consumer,
    route: null,
    eventSourceArn: typeof raw.eventSourceARN === 'string' ? raw.eventSourceARN : '',
    eventId: eventIdOf(raw),
  };
  const run = () => Promise.reject(error instanceof Error ? error : new Error('unreadable'));
  return runTask({ work, record: raw, retry, wants: undefined, run }, invocation);
}

/** Event ids are unique in a stream; where one is missing the sequence number is as good. */
const eventIdOf = (raw: RawRecord): string =>
  typeof raw.eventID === 'string' ? raw.eventID : `sequence-number-${raw.dynamodb?.SequenceNumber ?? ''}`;
