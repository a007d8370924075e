import { setTimeout as wait } from 'node:timers/promises';

/** Clock, chance and timers, handed in from outside so that nothing waits in a test. */
export interface Runtime {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** From 0 up to, not including, 1. */
  readonly random: () => number;
  /** Resolves after `ms`, or at once when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Calls back after `ms`; the function returned takes that back. */
  readonly after: (ms: number, call: () => void) => () => void;
}

export const systemRuntime: Runtime = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
  after(ms, call) {
    // Longer than 2^31-1 ms is not to be had, and nothing here lasts that long.
    const timer = setTimeout(call, Math.min(ms, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};
