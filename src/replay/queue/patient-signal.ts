import type { Runtime } from '../../runtime.ts';

export interface PatientSignal {
  readonly signal: AbortSignal;
  readonly close: () => void;
}

/** Longer than any receive here waits for messages. */
const graceMs = 1_500;

/**
 * A signal that aborts some time after another. What SQS hands out to a receive that is broken off is nobody's until its
 * time is over, so a receive under way may come to its end; one that gets no answer keeps nobody waiting.
 */
export function patientSignal(
  signal: AbortSignal | undefined,
  runtime: Pick<Runtime, 'after'>,
): PatientSignal {
  const late = new AbortController();
  let cancel = (): void => undefined;
  const begin = (): void => {
    cancel = runtime.after(graceMs, () => late.abort());
  };
  if (signal?.aborted === true) begin();
  else signal?.addEventListener('abort', begin, { once: true });
  return {
    signal: late.signal,
    close() {
      signal?.removeEventListener('abort', begin);
      cancel();
    },
  };
}
