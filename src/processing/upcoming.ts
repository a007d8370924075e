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

/** The records of a batch, and the lane of each. */
export interface Sorted {
  readonly incoming: readonly Incoming[];
  readonly laneNames: readonly string[];
}

/** Of one lane: of an item with many changes the last ones have their turn much later than what comes behind them. */
const mostOfLane = 25;

/** The records of a lane that are not begun. */
interface LaneAhead {
  asked: number;
  /** Those after them that are not asked for yet, for enough are. */
  readonly later: number[];
}

/**
 * Claims are taken some way ahead of the records that run, so that a record finds its claim there when its turn comes, and
 * claims travel in full requests. Not so far that much would be claimed in vain if the time is over.
 */
export function createUpcoming(
  { incoming, laneNames }: Sorted,
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
  const lanesAhead = new Map<string, LaneAhead>();
  const releases: Promise<void>[] = [];
  const release = async (tasks: readonly Task[]): Promise<void> => {
    await Promise.all(tasks.map(async ({ claim }) => claim?.releaseUnused()));
  };
  /** The farthest record that is begun; those before it wait for their lanes at most. */
  let farthest = -1;
  /** How much is asked for and not begun: behind it, and in all. */
  let waiting = 0;
  let all = 0;
  let next = 0;

  const ask = (index: number, lane: LaneAhead): void => {
    const tasks = tasksOf(index);
    asked.set(index, tasks);
    lane.asked += 1;
    all += tasks.length;
    if (index > farthest) waiting += tasks.length;
    // Whether such a change is wanted is known only when it is read, at its turn.
    for (const task of tasks) if (!task.hasDoubt) task.claim?.ask();
  };
  const hasRoom = (): boolean => all < ledgerAhead;
  const mayAsk = (lane: LaneAhead): boolean => hasRoom() && lane.asked < mostOfLane;
  const laneOf = (index: number): LaneAhead => {
    const name = laneNames[index] ?? '';
    const known = lanesAhead.get(name);
    if (known !== undefined) return known;
    const lane: LaneAhead = { asked: 0, later: [] };
    lanesAhead.set(name, lane);
    return lane;
  };

  /** Half of what is ahead is used up before more is asked for, so that it is asked for in full requests. */
  const askAhead = (): void => {
    if (waiting > ledgerAhead / 2) return;
    for (; next < incoming.length && (next <= farthest || (hasRoom() && waiting < ledgerAhead)); next += 1) {
      if (deadline.remainingMs() <= 0) return;
      if (lanes.isBlocked(next)) continue;
      const lane = laneOf(next);
      if (mayAsk(lane) && lane.later.length === 0) ask(next, lane);
      else lane.later.push(next);
    }
  };
  const askInLane = (lane: LaneAhead): void => {
    if (lane.asked > mostOfLane / 2 || deadline.remainingMs() <= 0) return;
    let count = 0;
    for (const index of lane.later) {
      if (!mayAsk(lane)) break;
      ask(index, lane);
      count += 1;
    }
    lane.later.splice(0, count);
  };
  const moveTo = (index: number): void => {
    for (; farthest < index; farthest += 1) waiting -= asked.get(farthest + 1)?.length ?? 0;
  };

  return {
    take(index) {
      moveTo(index);
      askAhead();
      const lane = laneOf(index);
      const tasks = asked.get(index) ?? tasksOf(index);
      if (asked.delete(index)) {
        lane.asked -= 1;
        all -= tasks.length;
      } else if (lane.later[0] === index) lane.later.shift();
      askInLane(lane);
      return tasks;
    },
    dropBlocked() {
      for (const [index, tasks] of asked) {
        if (!lanes.isBlocked(index)) continue;
        asked.delete(index);
        all -= tasks.length;
        if (index > farthest) waiting -= tasks.length;
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
