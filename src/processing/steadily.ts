import { LetterTooLargeError } from '../errors.ts';
import type { Invocation } from './invocation.ts';
import { defaultRetry, withRetries } from './retry.ts';
import { property } from './thrown.ts';
import { verdictOn } from './verdict.ts';

/** Tries a word with the ledger or the queue again, but not where AWS says that the request itself is wrong. */
export const steadily = <Result>(invocation: Invocation, operation: () => Promise<Result>): Promise<Result> =>
  withRetries(operation, defaultRetry, { ...invocation, isWorthIt });

async function isWorthIt(error: unknown): Promise<boolean> {
  if (error instanceof LetterTooLargeError) return false;
  const cause = property(error, 'cause') ?? error;
  return property(cause, '$fault') !== 'client' || (await verdictOn(cause, undefined)) === 'transient';
}
