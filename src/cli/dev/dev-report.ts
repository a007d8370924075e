import type { WarmUp } from '../../local/function/start-function.ts';
import type { InvocationReport } from '../../local/index.ts';
import type { ServiceObservers } from '../../local/service/service-options.ts';
import { isObject } from '../../stream/record.ts';
import type { CommandIO } from '../command-io.ts';
import { messageOf } from '../message-of.ts';
import type { Paint } from '../paint.ts';
import { painter } from '../paint.ts';
import { invocationLine, timeOf } from './invocation-line.ts';
import { logText } from './log-text.ts';
import { createRecentMessages } from './recent-messages.ts';
import { requestLine } from './request-line.ts';

/** What is said while a service runs: a line for everything that happens. */
export interface DevReport extends ServiceObservers {
  readonly paint: Paint;
  readonly say: (text: string) => void;
  /** Says each time what `onError` says once in a while. */
  readonly failed: (error: unknown) => void;
  /** Tells which functions run other code since a file has changed. */
  readonly restarted: (file: string, started: ReadonlyMap<string, WarmUp>, durationMs: number) => void;
  /** Tells of those that could not be loaded, and where that was. */
  readonly handlers: (started: ReadonlyMap<string, WarmUp>) => void;
}

/** `prefix` is what the names of all functions begin with; it is not shown. */
export function devReport({ stdout }: CommandIO, prefix: string, now: () => Date): DevReport {
  const paint = painter(stdout);
  const say = (text: string) => void stdout.write(`${text}\n`);
  const sayAt = (text: string) => say(`${paint('dim', timeOf(now()))}  ${text}`);
  const short = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  const failed = (error: unknown) => sayAt(paint('red', messageOf(error)));
  const recent = createRecentMessages(() => now().getTime());
  let width = 0;
  const columns = (name: string) => {
    const functionName = short(name);
    width = Math.max(width, functionName.length);
    return { at: now(), functionName, width, paint };
  };
  return {
    paint,
    say,
    onInvocation: (name, report) => {
      say(invocationLine({ ...columns(name), report }));
      const thrown = thrownText(report.outcome);
      if (thrown !== undefined && recent.isNews(`${name} ${thrown}`)) say(paint('red', thrown));
    },
    onRequest: (name, report) => say(requestLine({ ...columns(name), report })),
    onGivenUp: (name, { requestContext, DDBStreamBatchInfo: { batchSize, ...batch } }) => {
      const records = `${batchSize} record${batchSize === 1 ? '' : 's'}`;
      const range = `${batch.startSequenceNumber} to ${batch.endSequenceNumber}`;
      sayAt(paint('red', `${short(name)} gave up ${records}, ${range}: ${requestContext.condition}`));
    },
    onLine: ({ functionName, text }) =>
      say(`${paint('dim', `${short(functionName)} |`)} ${logText(text, paint)}`),
    // What fails once a second would scroll everything else away.
    onError: (error) => {
      if (recent.isNews(messageOf(error))) failed(error);
    },
    failed,
    restarted: (file, started, durationMs) => {
      const seconds = (durationMs / 1_000).toFixed(1);
      const ready = [...started].filter(([, { kind }]) => kind === 'ready').map(([name]) => short(name));
      if (started.size === 0) sayAt(`${file} changed, and no function with it.`);
      else if (ready.length > 0) sayAt(`${file} changed: ${ready.join(', ')} restarted in ${seconds} s.`);
    },
    handlers: (started) => {
      for (const [name, warmUp] of started)
        if (warmUp.kind === 'function-error' || warmUp.kind === 'not-invoked')
          sayAt(paint('red', [`${short(name)}: ${warmUp.reason}`, ...placesIn(warmUp.error)].join('\n')));
    },
  };
}

/** What a function has thrown, where the line of the invocation does not tell: Lambda has it in the function's log. */
function thrownText(outcome: InvocationReport['outcome']): string | undefined {
  if (outcome.kind !== 'complete-failure' || !isObject(outcome.error)) return undefined;
  const { errorType, errorMessage } = outcome.error;
  if (typeof errorMessage !== 'string' || outcome.reason.includes(errorMessage)) return undefined;
  return [`${String(errorType)}: ${errorMessage}`, ...placesIn(outcome.error)].join('\n');
}

/** Of a function's stack, what is neither Node.js's nor the runtime's. */
function placesIn(error: unknown): readonly string[] {
  const trace = isObject(error) && Array.isArray(error['trace']) ? error['trace'] : [];
  return trace
    .filter((line) => typeof line === 'string')
    .filter((line) => /^\s+at .*\/(?!.*lambda-runtime|.*load-handler)/.test(line) && !line.includes('node:'))
    .slice(0, 3);
}
