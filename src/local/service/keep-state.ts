import { LocalStackError } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import type { ServiceState } from './service-state.ts';
import { writeState } from './service-state.ts';

export interface KeepStateParts {
  /** Undefined to keep nothing. */
  readonly dataDir: string | undefined;
  readonly state: () => ServiceState;
  readonly clock: Clock;
  readonly onError: (error: Error) => void;
}

/** What is lost by a hard end is delivered again, so a short while of it does no harm. */
const intervalMs = 500;

/** Writes the state down now and then, if it has changed, and once more at the end. */
export function keepState({ dataDir, state, clock, onError }: KeepStateParts) {
  const stopping = new AbortController();
  let written = '';
  const keep = async (): Promise<void> => {
    if (dataDir === undefined) return;
    const current = state();
    const text = JSON.stringify(current);
    if (text === written) return;
    try {
      await writeState(dataDir, current);
      written = text;
    } catch (cause) {
      onError(new LocalStackError(`How far the streams were read cannot be kept in ${dataDir}.`, { cause }));
    }
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep(intervalMs, stopping.signal);
      await keep();
    }
  };
  const running = dataDir === undefined ? Promise.resolve() : run();
  return {
    stop: async (): Promise<void> => {
      stopping.abort();
      await running;
      await keep();
    },
  };
}
