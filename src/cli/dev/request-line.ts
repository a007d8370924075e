import type { RequestReport } from '../../local/index.ts';
import type { LineParts } from './invocation-line.ts';
import { timeOf } from './invocation-line.ts';

export interface RequestLineParts extends Omit<LineParts, 'report'> {
  readonly report: RequestReport;
}

/** One line for one request: when, function, route, status, duration, and why if the function did not answer. */
export function requestLine({ at, functionName, width, report, paint }: RequestLineParts): string {
  const { routeKey, status, durationMs, failure } = report;
  return [
    paint('dim', timeOf(at)),
    functionName.padEnd(width),
    paint('dim', routeKey.padEnd(26)),
    paint(status < 400 ? 'green' : status < 500 ? 'yellow' : 'red', String(status).padStart(4)),
    `${Math.round(durationMs)} ms`.padStart(9),
    failure === undefined ? 'ok' : paint('red', `failed: ${failure}`),
  ].join('  ');
}
