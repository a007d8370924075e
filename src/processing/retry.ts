import type { RetryOptions } from '../routing/route.ts';
import type { Runtime } from '../runtime.ts';
import type { TimeLeft } from './deadline.ts';

/** The retry options with their defaults filled in. */
export type Retry = Required<RetryOptions>;

export const defaultRetry: Retry = { attempts: 3, baseDelayMs: 100, maxDelayMs: 5_000 };

/** What is given wins; what is given as undefined does not. */
export const mergeRetry = (base: Retry, given: RetryOptions = {}): Retry => ({
  attempts: given.attempts ?? base.attempts,
  baseDelayMs: given.baseDelayMs ?? base.baseDelayMs,
  maxDelayMs: given.maxDelayMs ?? base.maxDelayMs,
});

/**
 * Waits before the attempt after `attempt`, with full jitter.
 * @returns false, at once, if the time left does not allow the wait
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export async function backOff(
  attempt: number,
  { baseDelayMs, maxDelayMs }: Retry,
  { runtime, deadline }: { readonly runtime: Runtime; readonly deadline: TimeLeft },
): Promise<boolean> {
  const delayMs = runtime.random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
  if (delayMs >= deadline.remainingMs()) return false;
  await runtime.sleep(delayMs, deadline.signal);
  return deadline.remainingMs() > 0;
}
