import { LocalStackError } from '../errors.ts';

/**
 * Knows when everything written before a moment is settled: when every shard that is read has, since that moment, begun
 * a read that brought nothing, with nothing left from earlier reads.
 */
export interface CaughtUpWatch {
  /** A place in the order of things, for `nothingLeft`. */
  readonly now: () => number;
  readonly shardStarted: (shardId: string) => void;
  /** The read begun at `since` brought nothing, and nothing is waiting. */
  readonly nothingLeft: (shardId: string, since: number) => void;
  /** Its children are not known before the next `discovered`. */
  readonly shardEnded: (shardId: string) => void;
  readonly discovered: () => void;
  readonly until: () => Promise<void>;
  readonly stopped: () => void;
}

interface Waiter {
  readonly since: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export function createCaughtUpWatch(): CaughtUpWatch {
  const emptySince = new Map<string, number>();
  const waiters = new Set<Waiter>();
  let ticks = 0;
  let lineageKnown = true;
  let isStopped = false;

  const now = () => {
    ticks += 1;
    return ticks;
  };
  const check = () => {
    if (!lineageKnown) return;
    for (const waiter of waiters) {
      if ([...emptySince.values()].some((since) => since < waiter.since)) continue;
      waiters.delete(waiter);
      waiter.resolve();
    }
  };
  const stoppedError = () =>
    new LocalStackError('The event source mapping was stopped before it had caught up with its stream.');

  return {
    now,
    shardStarted: (shardId) => void emptySince.set(shardId, 0),
    nothingLeft: (shardId, since) => {
      emptySince.set(shardId, since);
      check();
    },
    shardEnded: (shardId) => {
      emptySince.delete(shardId);
      lineageKnown = false;
    },
    discovered: () => {
      lineageKnown = true;
      check();
    },
    until: () =>
      new Promise((resolve, reject) => {
        if (isStopped) {
          reject(stoppedError());
          return;
        }
        waiters.add({ since: now(), resolve, reject });
        check();
      }),
    stopped: () => {
      isStopped = true;
      waiters.forEach(({ reject }) => reject(stoppedError()));
      waiters.clear();
    },
  };
}
