import type { Invocation } from './invocation.ts';
import { steadily } from './steadily.ts';

/**
 * Lets the ledger take down what the next delivery must know. If it cannot, in half of the time that is left, the response
 * is given all the same: what was settled behind the checkpoint runs again, and the observers are told.
 */
export async function closeSession(checkpoint: string | undefined, invocation: Invocation): Promise<void> {
  const { ledger, deadline, runtime, observer, consumer, lambda } = invocation;
  if (ledger === undefined) return;
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const controller = new AbortController();
  const longestMs = Math.max(0, deadline.untilTimeoutMs() / 2);
  const endsAtMs = runtime.now() + longestMs;
  const time = { remainingMs: () => endsAtMs - runtime.now(), signal: controller.signal };
  const cancel = runtime.after(longestMs, () => {
    reject(new DOMException('the ledger did not answer in the time that was left', 'TimeoutError'));
    controller.abort();
  });
  try {
    await Promise.race([steadily({ runtime, deadline: time }, () => ledger.close(checkpoint)), tooLate]);
  } catch (error) {
    observer.onCheckpointLost({ consumer, requestId: lambda.awsRequestId, checkpoint, error });
  } finally {
    cancel();
  }
}
