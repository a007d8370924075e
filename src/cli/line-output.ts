import { once } from 'node:events';

/** Why nothing more can be written. `reader-gone`: who read it has enough, as `head` does. */
export type OutputEnd = { readonly kind: 'reader-gone' } | { readonly kind: 'broken'; readonly error: Error };

export interface LineOutput {
  readonly write: (line: string) => void;
  /** Resolves when what was written has left, so that a slow reader is waited for; at once when the signal aborts. */
  readonly untilDrained: (signal: AbortSignal) => Promise<void>;
  readonly release: () => void;
}

export function createLineOutput(stdout: NodeJS.WriteStream, onEnd: (end: OutputEnd) => void): LineOutput {
  const onError = (error: Error & { readonly code?: string }) =>
    onEnd(error.code === 'EPIPE' ? { kind: 'reader-gone' } : { kind: 'broken', error });
  stdout.on('error', onError);
  return {
    write: (line) => void stdout.write(`${line}\n`),
    untilDrained: async (signal) => {
      // An error of the stream is told to `onEnd` as well, and an abort means: enough waited.
      if (stdout.writableNeedDrain) await once(stdout, 'drain', { signal }).catch(() => undefined);
    },
    release: () => void stdout.off('error', onError),
  };
}
