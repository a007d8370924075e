import type { Invocation, Progress } from './invocation.ts';

const firstLookMs = 50;
const lastLookMs = 1_000;

/**
 * Waits before the next look at a claim of another run: until its lease ends, or a while, for its owner may be done
 * before. After a crash the owner is dead; to fail at once would use up the mapping's retries on records that are fine.
 * The record gives its slot to others meanwhile.
 * @returns false if the time is over
 */
export async function waitForOwner(
  looks: number,
  untilMs: number | undefined,
  { runtime, deadline }: Pick<Invocation, 'runtime' | 'deadline'>,
  progress: Progress,
): Promise<boolean> {
  const lookMs = Math.min(lastLookMs, firstLookMs * 2 ** (looks - 1)) * (0.5 + runtime.random() / 2);
  const leaseMs = untilMs === undefined ? Infinity : Math.max(1, untilMs - runtime.now() + 1);
  const waitMs = Math.min(lookMs, leaseMs);
  if (deadline.remainingMs() <= 0) return false;
  // Whoever gets the slot may take its time before this one sleeps.
  await progress.rest(() =>
    runtime.sleep(Math.max(0, Math.min(waitMs, deadline.remainingMs())), deadline.signal),
  );
  return deadline.remainingMs() > 0;
}
