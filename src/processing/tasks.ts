import { UnreadableRecordError } from '../errors.ts';
import type { RoutedBy } from '../routing/match.ts';
import { matches } from '../routing/match.ts';
import type { RouterDefinition } from '../routing/route.ts';
import type { ReadRecord } from '../stream/read-record.ts';
import { eventIdOf, sequenceNumberOf } from '../stream/read-record.ts';
import type { RawRecord } from '../stream/record.ts';
import type { Invocation } from './invocation.ts';
import type { ReplayWork } from './replay-work.ts';
import { RouteTask } from './route-task.ts';
import type { Task } from './task.ts';
import { claimOn } from './work-claim.ts';

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

/** What there is to do about a record: one task for each route that is for it; of a route's letter, that route's. */
export function tasksFor(
  incoming: Incoming,
  routes: readonly RoutedBy[],
  invocation: Invocation,
  replay?: ReplayWork,
): readonly Task[] {
  if ('unreadable' in incoming) return [refusal(incoming.raw, incoming.unreadable, invocation, replay)];
  if (replay?.kind === 'letter' && replay.route !== null)
    return routes
      .filter(({ route }) => route.name === replay.route)
      .map((routed) => new RouteTask(routed, incoming, invocation, replay));
  const tasks: Task[] = [];
  try {
    for (const routed of routes)
      if (matches(routed, incoming)) tasks.push(new RouteTask(routed, incoming, invocation, replay));
  } catch (error) {
    return [refusal(incoming.raw, error, invocation, replay)];
  }
  return tasks;
}

/** A record that cannot be read belongs to no route; it gets its letter as if a route without a name had refused it. */
function refusal(
  raw: RawRecord,
  error: unknown,
  invocation: Invocation,
  replay: ReplayWork | undefined,
): Task {
  const work = {
    consumer: invocation.consumer,
    route: null,
    eventSourceArn: typeof raw.eventSourceARN === 'string' ? raw.eventSourceARN : '',
    eventId: eventIdOf(raw),
    sequenceNumber: sequenceNumberOf(raw),
    isFromLetter: replay?.kind === 'letter',
    givenUpIn: replay?.kind === 'record' ? replay.bounds : undefined,
  };
  return {
    ...work,
    record: raw,
    staysAsLetter: replay?.kind === 'letter',
    retry: invocation.retry,
    claim: claimOn(work, invocation),
    hasDoubt: false,
    wants: () => Promise.resolve(true),
    run: () => Promise.reject(error instanceof Error ? error : new UnreadableRecordError('unreadable')),
  };
}
