import type { QueueFacts } from '../../replay/queue/queue.ts';
import { areText, countText, numberText } from './duration-text.ts';
import type { OpenQueue } from './open-queue.ts';
import type { ReplayRun } from './run-replay.ts';

type Counts = Pick<QueueFacts, 'visible' | 'inFlight' | 'delayed'>;

/** What a replay is about to do, for whoever has to agree. */
export function intentText(
  { by, options, report, variables }: Pick<ReplayRun, 'by' | 'options' | 'report' | 'variables'>,
  { name, region }: Pick<OpenQueue, 'name' | 'region'>,
  counts: Counts,
): string {
  const { selection = {}, concurrency = 10, ratePerSecond, max, ifStale = 'fail' } = options;
  const conditions = Object.entries(selection).filter(
    ([, value]) => !(Array.isArray(value) && value.length === 0),
  );
  const which =
    conditions.length === 0 ? 'all' : `those of the given ${conditions.map(([given]) => given).join(', ')}`;
  const who =
    by.handler === undefined
      ? `the function ${by.functionName}`
      : `${by.handler.path}${asText(by.functionNames, variables['SPILLWAY_CONSUMER'])}`;
  const stale = {
    run: 'stale letters run too',
    skip: 'stale letters are deleted unrun',
    fail: 'stale letters stay',
  }[ifStale];
  return [
    `${report.dryRun ? 'Looking at' : 'Replaying'} about ${countText(counts.visible, 'message')} of ${name} in ${region}${othersText(counts)}: ${which}` +
      `${max === undefined ? '' : `, ${numberText(max)} at most`}.`,
    `  by ${who}, ${countText(concurrency, 'item')} at once` +
      `${ratePerSecond === undefined ? '' : `, ${ratePerSecond} a second`}; ${stale}`,
  ].join('\n');
}

/** That these two belong together only the user knows. */
const asText = (functionNames: readonly string[], consumer: string | undefined): string =>
  (functionNames.length === 0 ? '' : `, as the function ${functionNames.join(', ')}`) +
  (consumer === undefined ? '' : `, as the consumer ${consumer}`);

/** Those that cannot be received yet. */
function othersText({ inFlight, delayed }: Counts): string {
  const others = [
    ...(inFlight > 0 ? [`${numberText(inFlight)} ${areText(inFlight)} in others' hands`] : []),
    ...(delayed > 0 ? [`${numberText(delayed)} ${areText(delayed)} delayed`] : []),
  ];
  return others.length === 0 ? '' : ` (besides these ${others.join(' and ')})`;
}
