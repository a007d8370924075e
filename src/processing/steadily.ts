import { CommitConditionError, CommitRefusedError, LetterTooLargeError } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import type { TimeLeft } from './deadline.ts';
import { backOff, defaultRetry } from './retry.ts';
import { isA, property } from './thrown.ts';
import { verdictOn } from './verdict.ts';

/**
 * Repeats a word with the ledger or the queue: while there is time where the cause passes by itself, a few times where
 * that is not known, and not at all where the request itself is wrong or has its answer.
 */
export async function steadily<Result>(
  invocation: { readonly runtime: Runtime; readonly deadline: TimeLeft },
  operation: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operation();
    } catch (error) {
      const again = attempt < triesFor(error) && (await backOff(attempt, defaultRetry, invocation));
      if (!again) throw error;
    }
  }
}

const final: readonly (abstract new (...parameters: never) => Error)[] = [
  CommitConditionError,
  CommitRefusedError,
  LetterTooLargeError,
];

function triesFor(error: unknown): number {
  if (final.some((Class) => isA(error, Class))) return 1;
  const cause = property(error, 'cause') ?? error;
  if (verdictOn(cause, undefined) === 'transient') return Infinity;
  return property(cause, '$fault') === 'client' ? 1 : defaultRetry.attempts;
}
