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

/** Some time, and its end. */
export interface TimeLeft {
  remainingMs(): number;
  /** Aborts when `remainingMs` reaches 0. */
  readonly signal: AbortSignal;
}

/** The invocation's time. What is left is until handlers are told to stop; at or below 0 nothing is started any more. */
export interface Deadline extends TimeLeft {
  /** Until Lambda ends the invocation. */
  untilTimeoutMs(): number;
  /** Until the response must be given: for the last words on what was begun in time. */
  readonly untilResponse: TimeLeft;
  /** Whether the response is given: what still runs has nobody left to report to. */
  isResponseDue(): boolean;
  /** Resolves when the response must be given, whatever still runs. */
  readonly responseDue: Promise<unknown>;
  /** Lets go of the timers. */
  close(): void;
}

/** Nobody sees it: what waits only ends. Without one an error would be made for each batch, with its stack. */
const responseGiven = 'the response is given';

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
  const [controller, responding] = [new AbortController(), new AbortController()];
  // Every handler of a batch may listen to it.
  setMaxListeners(0, controller.signal, responding.signal);
  const { promise: responseDue, resolve } = Promise.withResolvers<undefined>();
  let due = false;
  const untilTimeoutMs = () => endsAt - runtime.now();

  const respond = (): void => {
    due = true;
    responding.abort(responseGiven);
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
    untilResponse: {
      remainingMs: () => (due ? 0 : untilTimeoutMs() - marginMs / 2),
      signal: responding.signal,
    },
    isResponseDue: () => due,
    responseDue,
    close() {
      due = true;
      responding.abort(responseGiven);
      cancel();
    },
  };
}
