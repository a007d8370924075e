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

/** @param names the lane of each record, in stream order */
export function createLanes(names: readonly string[], { othersGoOn }: LaneRules): Lanes {
  /** Records that wait for their busy lane, each list with its end of work done; a lane that is not in it is idle. */
  const waiting = new Map<string, { readonly records: number[]; done: number }>();
  const failedLanes = new Set<string>();
  let firstFailure = Infinity;
  let cursor = 0;

  const isBlocked = (index: number): boolean =>
    failedLanes.has(names[index] ?? '') || (!othersGoOn && index > firstFailure);

  return {
    isBlocked,
    take() {
      for (; cursor < names.length; cursor += 1) {
        const name = names[cursor] ?? '';
        const queue = waiting.get(name);
        if (queue !== undefined) queue.records.push(cursor);
        else if (!isBlocked(cursor)) {
          waiting.set(name, { records: [], done: 0 });
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
      const queue = waiting.get(name);
      const next = queue?.records[queue.done];
      if (queue !== undefined && next !== undefined && !isBlocked(next)) {
        queue.done += 1;
        return next;
      }
      waiting.delete(name);
      return undefined;
    },
  };
}
