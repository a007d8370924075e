import { SpillwayError } from '../errors.ts';
import type { Observer } from '../processing/observer.ts';
import type { OutcomeName, RouteResult } from '../processing/outcome.ts';
import { isA, property, safeNameOf } from '../processing/thrown.ts';

/** Takes one line of JSON. */
export type WriteLine = (line: string) => unknown;

const worthALine: readonly OutcomeName[] = ['failed', 'dead-lettered', 'deferred'];

/**
 * The default observer: one line of JSON for each failed, dead-lettered or deferred route, and one for each batch that
 * had any. Of what a handler threw it names the class and the place, never the message: that may hold data, and stands
 * in the letter. Spillway's own messages hold none.
 */
export function failureLog(writeLine: WriteLine): Observer {
  const write = (line: string): void => {
    const answer = writeLine(line);
    if (answer instanceof Promise) answer.catch(() => undefined);
  };
  return {
    onRecord({ consumer, outcome, routes, sequenceNumber, eventId, eventName, table, lagMs }) {
      for (const result of routes) {
        if (!worthALine.includes(result.outcome)) continue;
        write(
          JSON.stringify({
            level: result.outcome === 'dead-lettered' ? 'WARN' : 'ERROR',
            message: `spillway: record ${result.outcome}`,
            consumer,
            route: result.route,
            outcome,
            table,
            eventName,
            eventId,
            sequenceNumber,
            lagMs,
            ...describeResult(result),
          }),
        );
      }
    },
    onClaimLost(event) {
      write(
        JSON.stringify({
          level: 'WARN',
          message: 'spillway: a run came too late with a word for the ledger, which changed nothing',
          ...event,
        }),
      );
    },
    onCheckpointLost({ error, ...event }) {
      write(
        JSON.stringify({
          level: 'ERROR',
          message: 'spillway: the ledger did not take down what was settled, so it runs again',
          ...event,
          error: describeSafely(error),
          ...causeOf(error),
        }),
      );
    },
    onBatch({ consumer, requestId, records, counts, durationMs, checkpoint, isReplay }) {
      if (checkpoint === undefined && counts['dead-lettered'] === 0) return;
      write(
        JSON.stringify({
          level: checkpoint === undefined ? 'WARN' : 'ERROR',
          message: batchMessage(checkpoint, isReplay),
          consumer,
          requestId,
          records,
          counts,
          checkpoint,
          durationMs,
          ...(records > 0 &&
            counts.deferred === records && {
              hint: 'nothing was done in time: is the time-out of the function well above deadlineMarginMs?',
            }),
        }),
      );
    },
  };
}

function batchMessage(checkpoint: string | undefined, isReplay = false): string {
  if (checkpoint === undefined) return 'spillway: batch settled, with dead letters';
  return isReplay
    ? 'spillway: replay not settled, what is not done stays in the queue'
    : 'spillway: batch not settled, Lambda delivers again from the checkpoint';
}

function describeResult(result: RouteResult): object {
  const { attempts, durationMs, error } = result;
  return Object.hasOwn(result, 'error')
    ? { attempts, durationMs, error: describeSafely(error), ...causeOf(error) }
    : { attempts, durationMs };
}

const causeOf = (error: unknown): object => {
  const cause = property(error, 'cause');
  return cause === undefined ? {} : { cause: describeSafely(cause) };
};

function describeSafely(error: unknown): object {
  const at = placeOf(error);
  return {
    name: safeNameOf(error),
    ...(isA(error, SpillwayError) && { code: error.code, ...(isOurs(error) && { text: error.message }) }),
    ...awsFacts(error),
    ...(at !== undefined && { at }),
  };
}

/** What AWS's support asks for. */
function awsFacts(error: unknown): object {
  const metadata = property(error, '$metadata');
  const [requestId, status] = ['requestId', 'httpStatusCode'].map((name) => property(metadata, name));
  return {
    ...(typeof requestId === 'string' && /^[\w-]{1,64}$/.test(requestId) && { awsRequestId: requestId }),
    ...(typeof status === 'number' && { httpStatusCode: status }),
  };
}

/** PermanentError and TransientError are thrown by handlers, in the handler's words. */
const isOurs = ({ code }: SpillwayError): boolean => code !== 'PERMANENT' && code !== 'TRANSIENT';

/** The first frame of the stack. The stack begins with the message, which may hold anything, so it is cut off first. */
function placeOf(error: unknown): string | undefined {
  const [stack, name, message] = ['stack', 'name', 'message'].map((part) => property(error, part));
  if (typeof stack !== 'string' || typeof message !== 'string') return undefined;
  const header = stack.indexOf(message);
  if (header < 0 || (message === '' && typeof name !== 'string')) return undefined;
  const frames = stack.slice(header + message.length);
  return /^\s+at (?:.*\()?([^()\n]+:\d+:\d+)\)?$/m.exec(frames)?.[1];
}
