import { setTimeout as wait } from 'node:timers/promises';

/** Time, as the mapping sees it. A test hands in its own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after so many milliseconds, or as soon as the signal aborts; it never rejects. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  // The only way this can reject is the abort, and an abort means: enough slept.
  sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
};
