import type { Invoke } from '../function/invocation.ts';
import type { BatchRecord } from './batch.ts';
import { eventJson } from './cut-batch.ts';
import { judgeInvocation, stateOf } from './judge-invocation.ts';
import type { MappingObservers } from './mapping-observers.ts';
import type { OpenWindow } from './tumbling-window.ts';
import { windowFields, windowOf } from './tumbling-window.ts';
import { unconfirmed } from './unconfirmed.ts';

export interface LaneWindowParts {
  readonly streamArn: string;
  readonly shardId: string;
  readonly tumblingWindowMs: number;
  readonly invoke: Invoke;
  readonly backOff: (failures: number) => Promise<void>;
  readonly stopping: AbortSignal;
  readonly abandoning: AbortSignal;
  readonly observers: MappingObservers;
}

/** The tumbling window in which a lane is, and the state that is carried from call to call. */
export interface LaneWindow {
  readonly open: () => OpenWindow | undefined;
  /** What stands beside the records of a batch that begins with this one; it opens the window if there is none. */
  readonly json: (first: BatchRecord | undefined) => string;
  /** Takes the state that a response hands on. If it is too large, the window ends early. */
  readonly carry: (response: unknown) => Promise<void>;
  /**
   * Ends the window with an invocation of its own, without records. Until that succeeds, the lane stands still.
   * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
   */
  readonly close: () => Promise<void>;
}

export function createLaneWindow(parts: LaneWindowParts): LaneWindow {
  const { tumblingWindowMs, stopping, observers } = parts;
  let current: OpenWindow | undefined;

  const jsonOf = (open: OpenWindow, isFinal: boolean, isTerminatedEarly: boolean): string =>
    JSON.stringify(windowFields(open, { ...parts, isFinal, isTerminatedEarly }));

  const finish = async (open: OpenWindow, isTerminatedEarly: boolean): Promise<boolean> => {
    const event = eventJson([], jsonOf(open, true, isTerminatedEarly));
    for (let failures = 1; !stopping.aborted; failures += 1) {
      const { requestId, durationMs, result } = await parts.invoke(event, parts.abandoning);
      if (result.kind === 'abandoned') return false;
      const expected = { sequenceNumbers: [], reportBatchItemFailures: false, state: true };
      const outcome = judgeInvocation(result, expected);
      const isDone = outcome.kind === 'complete-success';
      observers.onInvocation({
        shardId: parts.shardId,
        requestId,
        attempt: failures,
        batchSize: 0,
        startSequenceNumber: '',
        endSequenceNumber: '',
        durationMs,
        outcome,
        next: isDone ? 'advance' : 'retry',
      });
      if (isDone) return true;
      await parts.backOff(failures);
    }
    return false;
  };

  return {
    open: () => current,
    json: (first) => {
      current ??= { window: windowOf(first?.arrivedAt ?? new Date(0), tumblingWindowMs), state: {} };
      return jsonOf(current, false, false);
    },
    carry: async (response) => {
      const state = stateOf(response);
      if (!current || !state) return;
      current = { ...current, state };
      if (Buffer.byteLength(JSON.stringify(state)) <= unconfirmed.windowStateBytesAtMost) return;
      if (await finish(current, true)) current = { window: current.window, state: {} };
    },
    close: async () => {
      if (current && (await finish(current, false))) current = undefined;
    },
  };
}
