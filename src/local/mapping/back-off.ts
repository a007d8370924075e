/** How long is waited between two tries: it doubles from `baseDelayMs`, and stays at `maxDelayMs`. */
export interface BackOff {
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * The wait after so many failures in a row (from 1 on), half of it to one and a half times it by `random` (0 to 1), so
 * that shards which failed together do not come back together. Lambda's own curve is not documented.
 */
export function backOffMs({ baseDelayMs, maxDelayMs }: BackOff, failures: number, random: number): number {
  const doubled = baseDelayMs * 2 ** Math.min(failures - 1, 30);
  return Math.min(maxDelayMs, Math.round(doubled * (0.5 + random)));
}
