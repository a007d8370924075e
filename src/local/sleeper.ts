import type { Clock } from './clock.ts';

/** Sleeps that can be cut short, all at once. */
export interface Sleeper {
  readonly sleep: (ms: number) => Promise<void>;
  readonly wake: () => void;
}

/** When `stopping` aborts, everyone wakes, and nobody falls asleep any more. */
export function createSleeper(clock: Clock, stopping: AbortSignal): Sleeper {
  const sleeping = new Set<AbortController>();
  const wake = () => sleeping.forEach((one) => one.abort());
  stopping.addEventListener('abort', wake, { once: true });
  return {
    sleep: async (ms) => {
      if (stopping.aborted) return;
      const one = new AbortController();
      sleeping.add(one);
      try {
        await clock.sleep(ms, one.signal);
      } finally {
        sleeping.delete(one);
      }
    },
    wake,
  };
}
