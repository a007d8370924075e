import type { InvocationReport } from '../../local/index.ts';
import type { Paint } from '../paint.ts';

export interface LineParts {
  readonly at: Date;
  readonly functionName: string;
  /** How wide the function's name is shown. */
  readonly width: number;
  readonly report: InvocationReport;
  readonly paint: Paint;
}

/** One line for one invocation: when, function, shard, size, outcome, duration. */
export function invocationLine({ at, functionName, width, report, paint }: LineParts): string {
  return [
    paint('dim', timeOf(at)),
    functionName.padEnd(width),
    paint('dim', shardName(report.shardId)),
    sizeOf(report).padStart(13),
    `${Math.round(report.durationMs)} ms`.padStart(9),
    outcomeOf(report, paint),
  ].join('  ');
}

/** HH:MM:SS.mmm, of this machine's time zone. */
export function timeOf(at: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const seconds = `${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`;
  return `${two(at.getHours())}:${two(at.getMinutes())}:${seconds}`;
}

/** A shard's name is long, and its end tells it from others. */
const shardName = (shardId: string): string => {
  const name = shardId.replace(/^shardId-/, '');
  return name.length > 17 ? `…${name.slice(-16)}` : name.padEnd(17);
};

const sizeOf = ({ batchSize }: InvocationReport): string =>
  batchSize === 0 ? 'end of window' : `${batchSize} record${batchSize === 1 ? '' : 's'}`;

function outcomeOf({ outcome, next, attempt, batchSize }: InvocationReport, paint: Paint): string {
  const times = attempt > 1 ? `, attempt ${attempt}` : '';
  switch (outcome.kind) {
    case 'complete-success':
      return paint('green', `ok${times}`);
    case 'partial-failure':
      return paint('yellow', `${outcome.settled} of ${batchSize} settled${times}; ${comingNext(next)}`);
    case 'complete-failure':
      return paint('red', `failed${times}: ${outcome.reason}; ${comingNext(next)}`);
    case 'not-invoked':
      return paint('red', `not invoked: ${outcome.reason}; ${comingNext(next)}`);
  }
}

function comingNext(next: InvocationReport['next']): string {
  switch (next) {
    case 'advance':
      return 'the rest comes again';
    case 'retry':
      return 'comes again';
    case 'split':
      return 'comes again in halves';
    case 'give-up':
      return 'given up';
  }
}
