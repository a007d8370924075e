/** What became of a record. The first four are settled: Lambda may pass the record over. */
export type OutcomeName =
  'handled' | 'duplicate' | 'unrouted' | 'dead-lettered' | 'failed' | 'blocked' | 'deferred';

/** What became of one route's handling of a record. */
export interface RouteResult {
  /** Null for a record that could not be read. */
  readonly route: string | null;
  readonly outcome: Exclude<OutcomeName, 'blocked'>;
  /** How many attempts were begun in this invocation; reading the record by its schema is part of one. */
  readonly attempts: number;
  readonly durationMs: number;
  /** What was thrown last, as it was thrown: it may hold data. There only if something was. */
  readonly error?: unknown;
}

/** What became of a record, and of each route that was for it. */
export interface RecordResult {
  readonly outcome: OutcomeName;
  readonly routes: readonly RouteResult[];
}

export function isSettled(outcome: OutcomeName): boolean {
  switch (outcome) {
    case 'handled':
    case 'duplicate':
    case 'unrouted':
    case 'dead-lettered':
      return true;
    case 'failed':
    case 'blocked':
    case 'deferred':
      return false;
  }
}

/** From the worst to the best: a record is what the worst of its routes is. */
const byWeight: readonly RouteResult['outcome'][] = [
  'failed',
  'deferred',
  'dead-lettered',
  'handled',
  'duplicate',
  'unrouted',
];

/** A record is settled when all of its routes are. */
export function recordResult(routes: readonly RouteResult[]): RecordResult {
  const outcome = byWeight.find((name) => routes.some((route) => route.outcome === name));
  return { outcome: outcome ?? 'unrouted', routes };
}
