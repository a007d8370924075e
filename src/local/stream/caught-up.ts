import { LocalStackError } from '../../errors.ts';

/**
 * Knows when everything written before a moment is settled: when since that moment the shards have been listed, and every
 * one of them has begun a read that brought nothing, with nothing left from earlier reads.
 */
export interface CaughtUpWatch {
  /** A place in the order of things, for `nothingLeft`. */
  readonly now: () => number;
  /** It is to be waited for, from now on. */
  readonly shardStarted: (shardId: string) => void;
  /** The read begun at `since` brought nothing, and nothing is waiting. */
  readonly nothingLeft: (shardId: string, since: number) => void;
  /** Its children are not known before the next `discovered`. */
  readonly shardEnded: (shardId: string) => void;
  /** All shards are known that there were at `since`. */
  readonly discovered: (since: number) => void;
  readonly until: () => Promise<void>;
  /** Nothing is waited for any more, because of `why`. Default: the mapping was stopped. */
  readonly stopped: (why?: LocalStackError) => void;
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
  /** The moment of which all shards are known. */
  let knownSince = 0;
  let over: LocalStackError | undefined;

  const now = () => {
    ticks += 1;
    return ticks;
  };
  const check = () => {
    for (const waiter of waiters) {
      if (knownSince < waiter.since) continue;
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
      knownSince = 0;
    },
    discovered: (since) => {
      knownSince = since;
      check();
    },
    until: () =>
      new Promise((resolve, reject) => {
        if (over) {
          reject(over);
          return;
        }
        waiters.add({ since: now(), resolve, reject });
        check();
      }),
    stopped: (why = stoppedError()) => {
      over ??= why;
      waiters.forEach(({ reject }) => reject(why));
      waiters.clear();
    },
  };
}
