import type { Entry } from '../../src/idempotency/entry.ts';
import type { Store } from '../../src/idempotency/store.ts';

/** A clock that moves only when it is told to, and lets everything go on at each moment on the way. */
export interface TestClock {
  readonly now: () => number;
  readonly after: (ms: number, call: () => void) => () => void;
  readonly advance: (ms: number) => Promise<void>;
  /** Moves on until it is settled. */
  readonly until: <Result>(waited: Promise<Result>) => Promise<Result>;
  /** How many timers wait. */
  readonly waiting: () => number;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

export function testClock(startMs = Date.UTC(2026, 0, 1)): TestClock {
  let now = startMs;
  const timers = new Set<{ readonly at: number; readonly call: () => void }>();
  const fireNext = async (untilMs: number): Promise<boolean> => {
    const next = [...timers].filter(({ at }) => at <= untilMs).sort((a, b) => a.at - b.at)[0];
    if (next === undefined) return false;
    timers.delete(next);
    now = Math.max(now, next.at);
    next.call();
    await turn();
    return true;
  };
  return {
    now: () => now,
    after(ms, call) {
      const timer = { at: now + ms, call };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const target = now + ms;
      for (;;) {
        if (!(await fireNext(target))) break;
      }
      now = target;
    },
    async until(waited) {
      const ended = waited.then(
        () => true,
        () => true,
      );
      for (;;) {
        await turn();
        if (await Promise.race([ended, Promise.resolve(false)])) return waited;
        if (!(await fireNext(Infinity))) throw new Error('what is waited for never comes');
      }
    },
    waiting: () => timers.size,
  };
}

/** Timers that end together, as those of an invocation do. */
export function timersOf(clock: Pick<TestClock, 'after'>) {
  const running = new Set<() => void>();
  return {
    after: (ms: number, call: () => void): (() => void) => {
      const stop = clock.after(ms, () => {
        running.delete(cancel);
        call();
      });
      const cancel = (): void => {
        running.delete(cancel);
        stop();
      };
      running.add(cancel);
      return cancel;
    },
    cancel: () => running.forEach((cancel) => cancel()),
    waiting: () => running.size,
  };
}

const unused = () => Promise.reject(new Error('not used by checkpoints'));

/** A store in memory. What it is asked, and how it answers, is for each test to say. */
export const memoryStore = (entries: Map<string, Entry>, overrides: Partial<Store> = {}): Store => ({
  description: 'the test store',
  read: (key) => Promise.resolve(entries.get(key)),
  put(written) {
    for (const entry of written) entries.set(entry.key, entry);
    return Promise.resolve();
  },
  commit: unused,
  insert: unused,
  replace: unused,
  complete: unused,
  renew: unused,
  remove: unused,
  ...overrides,
});
