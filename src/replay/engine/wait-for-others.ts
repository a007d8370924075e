import { ReplayError } from '../../errors.ts';
import type { RunOptions } from './run-options.ts';

/** SQS's counts are behind by some seconds, so a number is believed when it is seen again. */
const lookAgainMs = 1_000;
const pollMs = 2_000;
const graceMs = 5_000;

/**
 * Waits until nobody has messages of the queue in flight: among them might be an earlier change of an item. Those of a
 * replay that was killed come back by themselves when their visibility ends; what is still away then is worked on.
 * @throws ReplayError if it stays away
 */
export async function waitForOthers(
  options: Pick<RunOptions, 'queue' | 'runtime' | 'signal' | 'visibilitySeconds' | 'onEvent'>,
): Promise<void> {
  const { queue, runtime, signal, visibilitySeconds, onEvent } = options;
  const first = await queue.facts();
  if (first.inFlight === 0) return;
  await runtime.sleep(lookAgainMs, signal);

  const longestMs = Math.max(first.visibilityTimeoutSeconds, visibilitySeconds) * 1_000 + graceMs;
  const endsAtMs = runtime.now() + longestMs;
  while (!signal.aborted) {
    // Some local queues count a message as away until somebody asks for messages after its time.
    const looked = await queue.receive({ visibilitySeconds: 1, waitSeconds: 0 });
    await queue.keep(
      looked.map(({ receipt }) => receipt),
      0,
    );
    const { inFlight } = await queue.facts();
    if (inFlight === 0) return;
    if (runtime.now() >= endsAtMs)
      throw new ReplayError(
        `another consumer has ${inFlight} messages of the queue ${queue.url} in flight, and does not let go of them: the order of ` +
          'changes could not be kept beside it. Stop it (another replay, or a function that the queue triggers) and replay again.',
      );
    onEvent({ kind: 'waiting', inFlight, longestMs });
    await runtime.sleep(pollMs, signal);
  }
}
