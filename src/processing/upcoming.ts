import type { RoutedBy } from '../routing/match.ts';
import type { Invocation } from './invocation.ts';
import type { Lanes } from './lanes.ts';
import type { Task } from './task.ts';
import type { Incoming } from './tasks.ts';
import { tasksFor } from './tasks.ts';

/** What there is to do about the records of a batch, asked of the ledger before its turn where that saves requests. */
export interface Upcoming {
  /** The tasks of a record whose turn it is. */
  take(index: number): readonly Task[];
  /** A change has failed: releases the claims of those behind it, which would take the place of others. */
  dropBlocked(): void;
  /** Releases the claims of all whose turn never came. */
  releaseUnused(): Promise<void>;
}

/**
 * Claims are taken some way ahead of the records that run, so that a record finds its claim there when its turn comes, and
 * claims travel in full requests. Not so far that much would be claimed in vain if the time is over.
 */
export function createUpcoming(
  incoming: readonly Incoming[],
  routes: readonly RoutedBy[],
  lanes: Pick<Lanes, 'isBlocked'>,
  invocation: Invocation,
): Upcoming {
  const { ledgerAhead, deadline } = invocation;
  const tasksOf = (index: number): readonly Task[] => {
    const one = incoming[index];
    return one === undefined ? [] : tasksFor(one, routes, invocation, invocation.replay?.[index]);
  };
  if (ledgerAhead === 0)
    return { take: tasksOf, dropBlocked: () => undefined, releaseUnused: () => Promise.resolve() };

  const asked = new Map<number, readonly Task[]>();
  const releases: Promise<void>[] = [];
  const release = async (tasks: readonly Task[]): Promise<void> => {
    await Promise.all(tasks.map(async ({ claim }) => claim?.releaseUnused()));
  };
  let waiting = 0;
  let next = 0;

  /** Half of what is ahead is used up before more is asked for, so that it is asked for in full requests. */
  const askAhead = (): void => {
    if (waiting > ledgerAhead / 2) return;
    for (; next < incoming.length && waiting < ledgerAhead; next += 1) {
      if (deadline.remainingMs() <= 0) return;
      if (lanes.isBlocked(next)) continue;
      const tasks = tasksOf(next);
      asked.set(next, tasks);
      waiting += tasks.length;
      // Whether such a change is wanted is known only when it is read, at its turn.
      for (const task of tasks) if (!task.hasDoubt) task.claim?.ask();
    }
  };

  return {
    take(index) {
      askAhead();
      const tasks = asked.get(index) ?? tasksOf(index);
      if (asked.delete(index)) waiting -= tasks.length;
      return tasks;
    },
    dropBlocked() {
      for (const [index, tasks] of asked) {
        if (!lanes.isBlocked(index)) continue;
        asked.delete(index);
        waiting -= tasks.length;
        releases.push(release(tasks));
      }
    },
    async releaseUnused() {
      const left = [...asked.values()].flat();
      asked.clear();
      await Promise.all([...releases, release(left)]);
    },
  };
}
