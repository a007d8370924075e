import type { RetryOptions } from '../routing/route.ts';
import type { Runtime } from '../runtime.ts';
import type { Deadline } from './deadline.ts';

/** The retry options with their defaults filled in. */
export type Retry = Required<RetryOptions>;

export const defaultRetry: Retry = { attempts: 3, baseDelayMs: 100, maxDelayMs: 5_000 };

/**
 * Waits before the attempt after `attempt`, with full jitter.
 * @returns false, at once, if the time left does not allow the wait
 * @see https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
 */
export async function backOff(
  attempt: number,
  { baseDelayMs, maxDelayMs }: Retry,
  { runtime, deadline }: { readonly runtime: Runtime; readonly deadline: Deadline },
): Promise<boolean> {
  const delayMs = runtime.random() * Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
  if (delayMs >= deadline.remainingMs()) return false;
  await runtime.sleep(delayMs, deadline.signal);
  return deadline.remainingMs() > 0;
}

/** Tries an operation up to `retry.attempts` times, as long as `isWorthIt` and the time allows; throws the last error. */
export async function withRetries<Result>(
  operation: () => Promise<Result>,
  retry: Retry,
  time: {
    readonly runtime: Runtime;
    readonly deadline: Deadline;
    readonly isWorthIt: (error: unknown) => Promise<boolean>;
  },
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await operation();
    } catch (error) {
      const again =
        attempt < retry.attempts && (await time.isWorthIt(error)) && (await backOff(attempt, retry, time));
      if (!again) throw error;
    }
  }
}
