import { RouteTimeoutError } from '../errors.ts';
import type { Invocation } from './invocation.ts';

/**
 * Does not wait for a handler that goes on after its time is over: its signal is aborted, and what it ends with is
 * passed over.
 * @throws RouteTimeoutError, or what the handler throws
 */
export async function withTimeout(
  timeoutMs: number,
  route: string,
  { runtime, deadline }: Invocation,
  run: (signal: AbortSignal) => unknown,
): Promise<unknown> {
  const controller = new AbortController();
  const { promise: timedOut, reject } = Promise.withResolvers<never>();
  const cancel = runtime.after(timeoutMs, () => {
    const error = new RouteTimeoutError(`route "${route}" took longer than its timeoutMs of ${timeoutMs}`);
    // In this order, for a handler that rejects as it is told to stop has timed out all the same.
    reject(error);
    controller.abort(error);
  });
  // A handler that never ends would else leave its timer behind.
  deadline.signal.addEventListener('abort', cancel, { once: true });
  try {
    const running = Promise.resolve(run(AbortSignal.any([deadline.signal, controller.signal])));
    return await Promise.race([running, timedOut]);
  } finally {
    cancel();
    deadline.signal.removeEventListener('abort', cancel);
  }
}
