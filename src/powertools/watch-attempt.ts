import { AlreadySettledError } from '../errors.ts';
import { isA } from '../processing/thrown.ts';

/**
 * How an attempt ended, which is not yet what becomes of its record: what failed may be tried again, become a letter,
 * or be delivered again. `stopped`: its signal was aborted before it had ended.
 */
export type AttemptEnding =
  | { readonly outcome: 'handled' | 'duplicate' | 'stopped' }
  | { readonly outcome: 'failed'; readonly error: unknown };

/**
 * Runs an attempt and tells, once, how it ended. One that is told to stop is told of at that moment: it may never end,
 * and Lambda freezes the process once the response is given.
 */
export async function watchAttempt(
  next: () => Promise<void>,
  signal: AbortSignal,
  tell: (ending: AttemptEnding) => void,
): Promise<void> {
  const tellOnce = once(tell);
  const stop = (): void => tellOnce({ outcome: 'stopped' });
  signal.addEventListener('abort', stop, { once: true });
  try {
    await next();
    tellOnce({ outcome: 'handled' });
  } catch (error) {
    tellOnce(isA(error, AlreadySettledError) ? { outcome: 'duplicate' } : { outcome: 'failed', error });
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Watching must not change what is watched: what goes wrong in it is passed over. */
function once(tell: (ending: AttemptEnding) => void): (ending: AttemptEnding) => void {
  let isTold = false;
  return (ending) => {
    if (isTold) return;
    isTold = true;
    try {
      tell(ending);
    } catch {
      return;
    }
  };
}

/** Calls `run` within `enclose`. Whatever becomes of that, `run` is called, once, and how it ends is what counts. */
export async function enclosed(
  enclose: (run: () => Promise<void>) => unknown,
  run: () => Promise<void>,
): Promise<void> {
  let running: Promise<void> | undefined;
  const begin = (): Promise<void> => (running ??= run());
  try {
    await enclose(begin);
  } catch {
    // What `run` has thrown is thrown again; what the enclosure has thrown is not the record's business.
  }
  await begin();
}
