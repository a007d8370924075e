import type { Runtime } from '../runtime.ts';

/** Waits for something that is not worth waiting longer for. Rejects as it does, if it does in time. */
export async function waitAtMost(
  ms: number,
  runtime: Pick<Runtime, 'after'>,
  waitedFor: Promise<unknown>,
): Promise<void> {
  const { promise: tooLong, resolve } = Promise.withResolvers<undefined>();
  const cancel = runtime.after(Math.max(0, ms), () => resolve(undefined));
  try {
    await Promise.race([waitedFor, tooLong]);
  } finally {
    cancel();
  }
}
