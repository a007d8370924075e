import type { Runtime } from '../../runtime.ts';
import type { Holdings } from './holdings.ts';

export interface Heartbeat {
  /** Resolves when nothing is prolonged any more, so that what is given back then stays so. */
  stop(): Promise<void>;
}

/** Prolongs all that is held thrice in the time for which it is kept from others. */
export function keepInvisible(
  holdings: Pick<Holdings, 'prolong'>,
  visibilitySeconds: number,
  runtime: Runtime,
): Heartbeat {
  let underWay: Promise<void> = Promise.resolve();
  let isStopped = false;
  let cancel = schedule();

  function schedule(): () => void {
    return runtime.after((visibilitySeconds * 1_000) / 3, () => {
      underWay = holdings.prolong().finally(() => {
        if (!isStopped) cancel = schedule();
      });
    });
  }
  return {
    async stop() {
      isStopped = true;
      cancel();
      await underWay;
    },
  };
}
