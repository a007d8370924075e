import type { Queue, QueueFacts } from './queue.ts';

/** Undefined: it was interrupted before there was an answer. */
export async function factsUnlessAborted(
  queue: Pick<Queue, 'facts'>,
  signal: AbortSignal,
): Promise<QueueFacts | undefined> {
  try {
    return await queue.facts(signal);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
