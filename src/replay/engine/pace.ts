import type { Runtime } from '../../runtime.ts';

/** How much may begin, and when. */
export interface Pace {
  /** Resolves, when at least one may begin, to how many may, `most` at the most; to 0 when the signal aborts. */
  take(most: number): Promise<number>;
  /** Of what was taken, so many did not begin. */
  giveBack(count: number): void;
}

/** A tenth of a second's worth at once, lest what is paced for its sake be hit in bursts. */
const burstSeconds = 0.1;

/** A token bucket. */
export function createPace(perSecond: number | undefined, runtime: Runtime, signal: AbortSignal): Pace {
  if (perSecond === undefined)
    return { take: (most) => Promise.resolve(signal.aborted ? 0 : most), giveBack: () => undefined };
  const capacity = Math.max(1, perSecond * burstSeconds);
  let tokens = capacity;
  let filledAtMs = runtime.now();

  const fill = (): void => {
    const now = runtime.now();
    tokens = Math.min(capacity, tokens + ((now - filledAtMs) / 1_000) * perSecond);
    filledAtMs = now;
  };
  return {
    async take(most) {
      fill();
      while (tokens < 1 && !signal.aborted) {
        await runtime.sleep(Math.ceil(((1 - tokens) / perSecond) * 1_000), signal);
        fill();
      }
      if (signal.aborted) return 0;
      const count = Math.min(most, Math.floor(tokens));
      tokens -= count;
      return count;
    },
    giveBack: (count) => void (tokens += count),
  };
}
