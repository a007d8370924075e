import type { Clock } from '../../src/local/clock.ts';

/**
 * A clock on which an hour passes in a moment: as soon as everybody sleeps, it is the time at which the first one wakes.
 * It knows of sleeps alone, so nothing else may be waited for.
 */
export function virtualClock(startMs = 0): Clock {
  let nowMs = startMs;
  let isTicking = false;
  const sleeping = new Set<{ readonly at: number; readonly wake: () => void }>();

  const tick = () => {
    isTicking = false;
    const [first] = [...sleeping].toSorted((a, b) => a.at - b.at);
    if (!first) return;
    nowMs = Math.max(nowMs, first.at);
    first.wake();
    schedule();
  };
  const schedule = () => {
    if (isTicking || sleeping.size === 0) return;
    isTicking = true;
    // By then, whatever can go on without time has gone on.
    setImmediate(tick);
  };
  return {
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal.aborted) {
          resolve();
          return;
        }
        const sleeper = {
          at: nowMs + ms,
          wake: () => {
            sleeping.delete(sleeper);
            signal.removeEventListener('abort', sleeper.wake);
            resolve();
          },
        };
        sleeping.add(sleeper);
        signal.addEventListener('abort', sleeper.wake, { once: true });
        schedule();
      }),
  };
}
