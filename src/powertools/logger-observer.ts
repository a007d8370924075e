import type { Observer, RecordEvent } from '../processing/observer.ts';
import { describeThrown } from '../processing/thrown.ts';
import { failureLog } from '../reporting/failure-log.ts';
import { isObject } from '../stream/record.ts';

/** What is asked of a `Logger` of Powertools. Spelled out, so that nobody needs the package for its types. */
export interface PowertoolsLogger {
  warn(message: string, fields: Readonly<Record<string, unknown>>): unknown;
  error(message: string, fields: Readonly<Record<string, unknown>>): unknown;
}

export interface LoggerObserverOptions {
  /** Also log what was thrown in its own words, with its stack. They may hold attribute values. Default false. */
  readonly errorMessages?: boolean;
}

/**
 * The lines of Spillway's own log, with the fields of a Powertools `Logger`: request id, service, trace id and whatever
 * was appended to it. To be used with `log: 'off'`, or each failure is logged twice.
 * @example createHandler(router, { log: 'off', observers: [loggerObserver(logger)] })
 */
export function loggerObserver(logger: PowertoolsLogger, options: LoggerObserverOptions = {}): Observer {
  const plain = failureLog((line) => write(logger, line, {}));
  if (options.errorMessages !== true) return plain;
  const withWordsOf = (error: unknown): Observer =>
    failureLog((line) => write(logger, line, { thrown: describeThrown(error) }));
  return {
    ...plain,
    onRecord: (event) =>
      eachRoute(event, (one, thrown) => (thrown ? withWordsOf(thrown.error) : plain).onRecord?.(one)),
    onCheckpointLost: (event) => withWordsOf(event.error).onCheckpointLost?.(event),
  };
}

/** A line holds no words of the error it is about, so they are added where the error is still at hand: route by route. */
function eachRoute(
  event: RecordEvent,
  tell: (one: RecordEvent, thrown: { readonly error: unknown } | undefined) => void,
): void {
  for (const result of event.routes)
    tell({ ...event, routes: [result] }, 'error' in result ? { error: result.error } : undefined);
}

/** The line is taken apart again: failures are few, and so there is one place that knows what a line may say. */
function write(logger: PowertoolsLogger, line: string, more: Readonly<Record<string, unknown>>): void {
  const fields: unknown = JSON.parse(line);
  if (!isObject(fields)) return;
  const { level, message, ...rest } = fields;
  const said = { ...rest, ...more };
  if (level === 'WARN') logger.warn(String(message), said);
  else logger.error(String(message), said);
}
