import { setMaxListeners } from 'node:events';
import type { Runtime } from '../runtime.ts';

/**
 * Nothing is started that the remaining time does not allow: asked where a schema or a middleware may have taken it.
 * @throws the reason of the deadline's signal
 */
export function refuseLateStart(deadline: Deadline): void {
  if (deadline.remainingMs() <= 0) throw nearDeadline();
}

const nearDeadline = () => new DOMException('the deadline is near', 'TimeoutError');

/** The invocation's time. */
export interface Deadline {
  /** Until handlers are told to stop; at or below 0 nothing is started any more. */
  remainingMs(): number;
  /** Until Lambda ends the invocation. */
  untilTimeoutMs(): number;
  /** Aborts when `remainingMs` reaches 0. */
  readonly signal: AbortSignal;
  /** Whether the response is given: what still runs has nobody left to report to. */
  isResponseDue(): boolean;
  /** Resolves when the response must be given, whatever still runs. */
  readonly responseDue: Promise<unknown>;
  /** Lets go of the timers. */
  close(): void;
}

/**
 * Two moments matter: `marginMs` before Lambda's time-out handlers are told to stop and nothing new begins; half of that
 * later the response is given, and what has not ended by then is deferred.
 */
export function createDeadline(
  runtime: Runtime,
  lambda: { getRemainingTimeInMillis(): number },
  marginMs: number,
): Deadline {
  const endsAt = runtime.now() + lambda.getRemainingTimeInMillis();
  const controller = new AbortController();
  // Every handler of a batch may listen to it.
  setMaxListeners(0, controller.signal);
  const { promise: responseDue, resolve } = Promise.withResolvers<undefined>();
  let due = false;
  const untilTimeoutMs = () => endsAt - runtime.now();

  const respond = (): void => {
    due = true;
    resolve(undefined);
  };
  let cancel = runtime.after(Math.max(0, untilTimeoutMs() - marginMs), () => {
    // The next timer first: who listens may do anything.
    cancel = runtime.after(Math.max(0, untilTimeoutMs() - marginMs / 2), respond);
    controller.abort(nearDeadline());
  });
  return {
    remainingMs: () => (controller.signal.aborted ? 0 : untilTimeoutMs() - marginMs),
    untilTimeoutMs,
    signal: controller.signal,
    isResponseDue: () => due,
    responseDue,
    close() {
      due = true;
      cancel();
    },
  };
}
