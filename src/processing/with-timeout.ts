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
    controller.abort(error);
    reject(error);
  });
  try {
    const running = Promise.resolve(run(AbortSignal.any([deadline.signal, controller.signal])));
    return await Promise.race([running, timedOut]);
  } finally {
    cancel();
  }
}
