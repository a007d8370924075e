import type { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';

/** Tells when streams have been read to where they are written. */
export interface QuietWatch {
  /** Resolves after a whole turn of the event loop in which none of the streams brought anything. */
  readonly untilQuiet: () => Promise<void>;
}

/**
 * What a process has written to several pipes can arrive in another order than it was written: its answer may be here
 * while log lines from before it are still in another pipe. They are in the system's buffers by then, so the next turns of
 * the event loop bring them.
 */
export function createQuietWatch(streams: readonly Readable[]): QuietWatch {
  let chunks = 0;
  for (const stream of streams) stream.on('data', () => (chunks += 1));
  return {
    untilQuiet: async () => {
      // The turn that is under way may have polled some of the streams already.
      await turn();
      for (let before = -1; before !== chunks;) {
        before = chunks;
        await turn();
      }
    },
  };
}
