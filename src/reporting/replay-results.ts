import { describeError } from '../dead-letter/letter.ts';
import { ItemParkedError, ReplayError, StaleLetterError } from '../errors.ts';
import type { Work } from '../idempotency/work.ts';
import { workId } from '../idempotency/work.ts';
import type { RecordResult } from '../processing/outcome.ts';
import type { ReplayOutcome, ReplayResult } from './replay-protocol.ts';

/** What a replay is told of a record. `work` is the record's, whatever the route. */
export function replayResult(result: RecordResult, work: Omit<Work, 'route'>): ReplayResult {
  const failure = result.routes.find((route) => 'error' in route && route.outcome === result.outcome);
  return {
    outcome: outcomeOf(result, failure?.error),
    attempts: result.routes.reduce((sum, { attempts }) => sum + attempts, 0),
    ...(failure !== undefined && { error: describeError(failure.error) }),
    letterIds: result.routes
      .filter(({ outcome }) => outcome === 'dead-lettered')
      .map(({ route }) => workId({ ...work, route })),
  };
}

/** For a record that was not begun. */
export const notBegun = (outcome: 'refused' | 'blocked', error: unknown): ReplayResult => ({
  outcome,
  attempts: 0,
  error: describeError(error),
  letterIds: [],
});

function outcomeOf({ outcome }: RecordResult, error: unknown): ReplayOutcome {
  if (error instanceof ItemParkedError && outcome === 'failed') return 'blocked';
  if (error instanceof StaleLetterError) return 'stale';
  if (error instanceof ReplayError) return 'refused';
  return outcome;
}
