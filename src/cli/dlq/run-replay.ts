import type { ReplayBy, ReplayClients, ReplayOptions } from '../../replay/replay-dead-letters.ts';
import { replayDeadLetters } from '../../replay/replay-dead-letters.ts';
import type { CleanUp } from '../clean-up.ts';
import { createCleanUp } from '../clean-up.ts';
import type { CommandIO } from '../command-io.ts';
import { ask, canAsk } from './ask.ts';
import type { DlqParts } from './dlq-parts.ts';
import { countText } from './duration-text.ts';
import type { HandlerPlace } from './load-handler.ts';
import { loadHandler } from './load-handler.ts';
import type { ConnectionChoice, OpenQueue } from './open-queue.ts';
import { openQueue } from './open-queue.ts';
import { loadLambdaClient, loadStreamsClient } from './optional-clients.ts';
import type { ReportOptions } from './replay-report.ts';
import { createReplayReport } from './replay-report.ts';

export type RunBy =
  | { readonly handler: HandlerPlace; readonly functionName?: never }
  | { readonly functionName: string; readonly handler?: never };

/** What was asked for on the command line, checked. */
export interface ReplayRun {
  readonly by: RunBy;
  readonly connection: ConnectionChoice;
  readonly options: Pick<
    ReplayOptions,
    | 'selection'
    | 'ifStale'
    | 'concurrency'
    | 'ratePerSecond'
    | 'max'
    | 'dryRun'
    | 'versionAttribute'
    | 'filter'
    | 'fromTable'
    | 'visibilitySeconds'
    | 'timeoutSeconds'
  >;
  /** Set before the handler is loaded, which may read them at once. */
  readonly variables: Readonly<Record<string, string>>;
  readonly report: Omit<ReportOptions, 'now'>;
  readonly isAsked: boolean;
}

export async function runReplay(run: ReplayRun, io: CommandIO, parts: DlqParts): Promise<void> {
  await using cleanUp = createCleanUp();
  const open = await openQueue(run.connection, io.environment, cleanUp);
  const { visible, inFlight } = await open.queue.facts();
  setVariables(variablesFor(run, open), cleanUp);
  const by: ReplayBy =
    run.by.handler === undefined
      ? { functionName: run.by.functionName }
      : { handler: await loadHandler(run.by.handler) };
  if (visible + inFlight === 0) {
    io.stdout.write(`The queue ${open.name} is empty: there is nothing to replay.\n`);
    return;
  }
  io.stderr.write(`${intentText(run, open, visible)}\n`);
  if (run.isAsked && canAsk(io) && !(await ask('Replay them?', io))) {
    io.stderr.write('Nothing was done.\n');
    io.setExitStatus?.(io.interrupted.aborted ? 130 : 1);
    return;
  }

  const report = createReplayReport(io, { ...run.report, now: parts.now });
  cleanUp.defer(report.stop);
  const replay = parts.replay ?? replayDeadLetters;
  const summary = await replay({
    ...run.options,
    ...by,
    queueUrl: open.queue.url,
    clients: await clientsOf(open, cleanUp),
    signal: io.interrupted,
    onEvent: report.onEvent,
  });
  report.end(summary);
  if (summary.wasInterrupted) io.setExitStatus?.(130);
  else if (summary.left > 0 && run.options.dryRun !== true) io.setExitStatus?.(1);
}

/** What a handler that reads the environment is to find there: the queue, and where all the rest is. */
function variablesFor(
  { variables, connection }: ReplayRun,
  open: OpenQueue,
): Readonly<Record<string, string>> {
  const { endpoint } = connection;
  return {
    ...variables,
    SPILLWAY_DLQ_URL: open.queue.url,
    AWS_REGION: open.region,
    ...(endpoint !== undefined && { AWS_ENDPOINT_URL_SQS: endpoint, AWS_ENDPOINT_URL_DYNAMODB: endpoint }),
  };
}

function setVariables(variables: Readonly<Record<string, string>>, cleanUp: CleanUp): void {
  for (const [name, value] of Object.entries(variables)) {
    const before = process.env[name];
    process.env[name] = value;
    cleanUp.defer(() => {
      if (before === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before;
    });
  }
}

function intentText({ by, options, report }: ReplayRun, open: OpenQueue, visible: number): string {
  const { selection = {}, concurrency = 10, ratePerSecond, max, ifStale = 'fail' } = options;
  const conditions = Object.entries(selection).filter(
    ([, value]) => !(Array.isArray(value) && value.length === 0),
  );
  const which =
    conditions.length === 0 ? 'all' : `those of the given ${conditions.map(([name]) => name).join(', ')}`;
  const who = by.handler === undefined ? `the function ${by.functionName}` : by.handler.path;
  const stale = {
    run: 'stale letters run too',
    skip: 'stale letters are deleted unrun',
    fail: 'stale letters stay',
  }[ifStale];
  return [
    `${report.dryRun ? 'Looking at' : 'Replaying'} about ${countText(visible, 'message')} of ${open.name} in ${open.region}: ${which}` +
      `${max === undefined ? '' : `, ${max} at most`}.`,
    `  by ${who}, ${concurrency} items at once` +
      `${ratePerSecond === undefined ? '' : `, ${ratePerSecond} a second`}; ${stale}`,
  ].join('\n');
}

async function clientsOf(open: OpenQueue, cleanUp: CleanUp): Promise<ReplayClients> {
  const streams = await loadStreamsClient(open.configOf('DYNAMODB_STREAMS'), cleanUp);
  const lambda = await loadLambdaClient(open.configOf('LAMBDA'), cleanUp);
  const s3 = await open.loadS3();
  return {
    sqs: open.sqs,
    dynamodb: open.dynamodbIn(open.region),
    ...(streams && { streams }),
    ...(lambda && { lambda }),
    ...(s3 && { s3 }),
  };
}
