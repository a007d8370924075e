import type { Clock } from './clock.ts';

/** Sleeps that can be cut short, all at once. */
export interface Sleeper {
  readonly sleep: (ms: number) => Promise<void>;
  /** Sleeps without an end of its own. */
  readonly untilWoken: () => Promise<void>;
  readonly wake: () => void;
  /** How often it was woken, asleep or not: who goes to sleep may have missed something since it last looked. */
  readonly wakes: () => number;
}

/** When `stopping` aborts, everyone wakes, and nobody falls asleep any more. */
export function createSleeper(clock: Clock, stopping: AbortSignal): Sleeper {
  const sleeping = new Set<AbortController>();
  let wakes = 0;
  const wake = () => {
    wakes += 1;
    sleeping.forEach((one) => one.abort());
  };
  stopping.addEventListener('abort', wake, { once: true });

  const asleep = async (fallAsleep: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    if (stopping.aborted) return;
    const one = new AbortController();
    sleeping.add(one);
    try {
      await fallAsleep(one.signal);
    } finally {
      sleeping.delete(one);
    }
  };
  return {
    sleep: (ms) => asleep((signal) => clock.sleep(ms, signal)),
    untilWoken: () =>
      asleep((signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve()))),
    wake,
    wakes: () => wakes,
  };
}
