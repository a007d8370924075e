import type { RecordEvent } from '../processing/observer.ts';
import type { OutcomeName, RouteResult } from '../processing/outcome.ts';

/** What is counted, by the names that the metrics have. */
export type CountName =
  'RecordsHandled' | 'Duplicates' | 'DeadLettered' | 'Failed' | 'Blocked' | 'Deferred' | 'Retries';

export interface Measurement {
  readonly consumer: string;
  /** Undefined: the consumer as a whole. Its counts are of records; those of a route are of the route's results. */
  readonly route: string | undefined;
  readonly counts: Readonly<Record<CountName, number>>;
  /** Of each result whose route ran: from the claim to the outcome, back-offs included. */
  readonly handlerDurationsMs: readonly number[];
  /** Of each record that the stream delivered: from DynamoDB's writing to the outcome. */
  readonly streamLagsMs: readonly number[];
}

/**
 * What a batch came to: for the consumer, and for each route that had a part in it. A record of two routes is one record
 * of the consumer and one of each route, so routes do not add up to their consumer.
 */
export function measureRecords(consumer: string, events: readonly RecordEvent[]): readonly Measurement[] {
  const whole = {
    consumer,
    route: undefined,
    counts: countsOf(
      events.map(({ outcome }) => outcome),
      events.flatMap(({ routes }) => routes),
    ),
    handlerDurationsMs: durationsOf(events.flatMap(({ routes }) => routes)),
    streamLagsMs: lagsOf(events),
  };
  return [whole, ...[...byRoute(events)].map(([route, told]) => measureRoute(consumer, route, told))];
}

interface Told {
  readonly event: RecordEvent;
  readonly result: RouteResult;
}

function byRoute(events: readonly RecordEvent[]): ReadonlyMap<string, readonly Told[]> {
  const told = events.flatMap((event) => event.routes.map((result) => ({ event, result })));
  const named = told.filter(({ result }) => result.route !== null);
  return Map.groupBy(named, ({ result }) => result.route ?? '');
}

function measureRoute(consumer: string, route: string, told: readonly Told[]): Measurement {
  const results = told.map(({ result }) => result);
  return {
    consumer,
    route,
    counts: countsOf(
      results.map(({ outcome }) => outcome),
      results,
    ),
    handlerDurationsMs: durationsOf(results),
    streamLagsMs: lagsOf(told.map(({ event }) => event)),
  };
}

function countsOf(outcomes: readonly OutcomeName[], results: readonly RouteResult[]): Measurement['counts'] {
  const count = (name: OutcomeName): number => outcomes.filter((outcome) => outcome === name).length;
  return {
    RecordsHandled: count('handled'),
    Duplicates: count('duplicate'),
    DeadLettered: count('dead-lettered'),
    Failed: count('failed'),
    Blocked: count('blocked'),
    Deferred: count('deferred'),
    Retries: results.reduce((sum, result) => sum + retriesOf(result), 0),
  };
}

/** The attempts beyond the first. */
export const retriesOf = ({ attempts }: RouteResult): number => Math.max(0, attempts - 1);

/** Whether the route ran: a duplicate did not, nor did what was left for want of time. */
export const hasRun = ({ attempts }: RouteResult): boolean => attempts > 0;

const durationsOf = (results: readonly RouteResult[]): readonly number[] =>
  results.filter(hasRun).map(({ durationMs }) => durationMs);

const lagsOf = (events: readonly RecordEvent[]): readonly number[] =>
  events.flatMap((event) => streamLagMsOf(event) ?? []);

/**
 * How far behind the stream a record was; undefined if it does not say, or if a replay handed it over, whose age says
 * nothing of the stream. Not below zero: clocks differ.
 */
export const streamLagMsOf = ({ lagMs, isReplay }: RecordEvent): number | undefined =>
  lagMs === undefined || isReplay === true ? undefined : Math.max(0, lagMs);
