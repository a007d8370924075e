import { ReplayError } from '../../errors.ts';
import { factsUnlessAborted } from '../queue/facts-unless-aborted.ts';
import type { Queue } from '../queue/queue.ts';
import { surveySeconds } from '../queue/survey-queue.ts';
import type { RunOptions } from './run-options.ts';

/** SQS's counts are behind by some seconds, so a number is believed when it is seen again. */
const lookAgainMs = 1_000;
const pollMs = 2_000;
const graceMs = 5_000;
/** Not more often than needed: each look is one more receive of what it sees. */
const lookEveryMs = 10_000;

/**
 * Waits until nobody has messages of the queue in flight: among them might be an earlier change of an item. Those of a
 * command that was killed come back by themselves when their visibility ends; what is still away then is worked on. A dry
 * run waits for nobody.
 * @throws ReplayError if it stays away
 */
export async function waitForOthers(
  options: Pick<RunOptions, 'queue' | 'runtime' | 'signal' | 'visibilitySeconds' | 'dryRun' | 'onEvent'>,
): Promise<void> {
  const { queue, runtime, signal, visibilitySeconds, dryRun, onEvent } = options;
  const first = dryRun ? undefined : await factsUnlessAborted(queue, signal);
  if (first === undefined || first.inFlight === 0) return;
  await runtime.sleep(lookAgainMs, signal);

  const longestSeconds = Math.max(first.visibilityTimeoutSeconds, visibilitySeconds, surveySeconds);
  const longestMs = longestSeconds * 1_000 + graceMs;
  const endsAtMs = runtime.now() + longestMs;
  let looksAtMs = runtime.now();
  let told: number | undefined;
  while (!signal.aborted) {
    const isLast = runtime.now() >= endsAtMs;
    if (isLast || runtime.now() >= looksAtMs) {
      await look(queue, signal);
      looksAtMs = runtime.now() + Math.min(lookEveryMs, (visibilitySeconds + 1) * 1_000);
    }
    const { inFlight } = (await factsUnlessAborted(queue, signal)) ?? { inFlight: 0 };
    if (inFlight === 0) return;
    if (isLast)
      throw new ReplayError(
        `another consumer has ${inFlight} messages of the queue ${queue.url} in flight, and does not let go of them: the order of ` +
          'changes could not be kept beside it. Stop it (another replay, a command that lists or drops, or a function that the ' +
          'queue triggers) and replay again.',
      );
    if (inFlight !== told) onEvent({ kind: 'waiting', inFlight, longestMs });
    told = inFlight;
    await runtime.sleep(pollMs, signal);
  }
}

/** Some local queues count a message as away until somebody asks for messages after its time. */
async function look(queue: Queue, signal: AbortSignal): Promise<void> {
  const looked = await queue.receive({ visibilitySeconds: 1, waitSeconds: 0, signal });
  await queue.keep(
    looked.map(({ receipt }) => receipt),
    0,
  );
}
