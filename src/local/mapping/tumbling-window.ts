/** A window of time, in milliseconds since the epoch: from `start`, up to but not including `end`. */
export interface TimeWindow {
  readonly start: number;
  readonly end: number;
}

/** A window that a lane has begun, with what the function has handed on so far. */
export interface OpenWindow {
  readonly window: TimeWindow;
  readonly state: Readonly<Record<string, unknown>>;
}

/** Windows lie end to end from the epoch on. A record belongs to the one in which it was written. */
export function windowOf(arrivedAt: Date, windowMs: number): TimeWindow {
  const start = Math.floor(arrivedAt.getTime() / windowMs) * windowMs;
  return { start, end: start + windowMs };
}

export interface WindowMoment {
  readonly streamArn: string;
  readonly shardId: string;
  readonly isFinal: boolean;
  readonly isTerminatedEarly: boolean;
}

/**
 * The fields beside `Records` in the event of a tumbling window.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-windows.html
 */
export const windowFields = ({ window, state }: OpenWindow, moment: WindowMoment) => ({
  window: { start: toTheSecond(window.start), end: toTheSecond(window.end) },
  state,
  shardId: moment.shardId,
  eventSourceARN: moment.streamArn,
  isFinalInvokeForWindow: moment.isFinal,
  isWindowTerminatedEarly: moment.isTerminatedEarly,
});

const toTheSecond = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
