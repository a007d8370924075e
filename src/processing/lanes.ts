/** Which record may be started next. A state machine without time: it is told what ended, and says what may begin. */
export interface Lanes {
  /** The first record in stream order that may be started and is not behind one of its lane that runs. */
  take(): number | undefined;
  /** Tells that a record has ended; returns the next of its lane, which is then taken. */
  finish(index: number, settled: boolean): number | undefined;
  /** Whether a record may not be started because of a failure before it. */
  isBlocked(index: number): boolean;
}

export interface LaneRules {
  /**
   * `true`: a failure blocks its own lane only. `false`: nothing that lies behind the first failure is started, for
   * without a ledger its redelivery would do it twice.
   */
  readonly othersGoOn: boolean;
}

interface Queue {
  readonly records: number[];
  /** How many of them have had their turn. */
  done: number;
}

/** @param names the lane of each record, in stream order */
export function createLanes(names: readonly string[], { othersGoOn }: LaneRules): Lanes {
  /** The busy lanes, and who waits for each of them (undefined: nobody). A lane that is not in it is idle. */
  const busy = new Map<string, Queue | undefined>();
  const failedLanes = new Set<string>();
  let firstFailure = Infinity;
  let cursor = 0;

  const enqueue = (name: string, index: number): void => {
    const queue = busy.get(name);
    if (queue === undefined) busy.set(name, { records: [index], done: 0 });
    else queue.records.push(index);
  };
  const isBlocked = (index: number): boolean =>
    failedLanes.has(names[index] ?? '') || (!othersGoOn && index > firstFailure);

  return {
    isBlocked,
    take() {
      for (; cursor < names.length; cursor += 1) {
        const name = names[cursor] ?? '';
        if (busy.has(name)) enqueue(name, cursor);
        else if (!isBlocked(cursor)) {
          busy.set(name, undefined);
          cursor += 1;
          return cursor - 1;
        }
      }
      return undefined;
    },
    finish(index, settled) {
      const name = names[index] ?? '';
      if (!settled) {
        failedLanes.add(name);
        firstFailure = Math.min(firstFailure, index);
      }
      const queue = busy.get(name);
      const next = queue?.records[queue.done];
      if (queue !== undefined && next !== undefined && !isBlocked(next)) {
        queue.done += 1;
        return next;
      }
      busy.delete(name);
      return undefined;
    },
  };
}
