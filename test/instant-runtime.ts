import type { Runtime } from '../src/runtime.ts';

export interface TestRuntime extends Runtime {
  /** Moves the clock and fires what is due on the way. */
  advance(ms: number): void;
}

/** A clock that stands still but for sleeps, which pass at once and move it, and for `advance`. */
export function instantRuntime(random: () => number = () => 0.5): TestRuntime {
  let now = Date.UTC(2026, 0, 1);
  const timers = new Map<symbol, { readonly at: number; readonly call: () => void }>();
  const advance = (ms: number): void => {
    now += ms;
    for (const [id, { at, call }] of timers) {
      if (at <= now && timers.delete(id)) call();
    }
  };
  return {
    now: () => now,
    random,
    sleep(ms) {
      advance(ms);
      return Promise.resolve();
    },
    after(ms, call) {
      const id = Symbol('timer');
      timers.set(id, { at: now + ms, call });
      return () => timers.delete(id);
    },
    advance,
  };
}
