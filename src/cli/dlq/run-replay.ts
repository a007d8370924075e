import type { ReplayBy, ReplayClients, ReplayOptions } from '../../replay/replay-dead-letters.ts';
import type { ReplaySummary } from '../../replay/engine/run-options.ts';
import { replayDeadLetters } from '../../replay/replay-dead-letters.ts';
import type { HandlerDescription } from '../../describe-handler.ts';
import { fromEnvironment } from '../../environment.ts';
import { InvalidOptionError } from '../../errors.ts';
import type { CleanUp } from '../clean-up.ts';
import { createCleanUp } from '../clean-up.ts';
import type { CommandIO } from '../command-io.ts';
import { linesTo } from '../lines-to.ts';
import { ask, canAsk } from './ask.ts';
import type { DlqParts } from './dlq-parts.ts';
import { expiredPointersText, findExpiredPointers } from './expired-pointers.ts';
import { divertHandlerOutput } from './handler-output.ts';
import { intentText } from './intent-text.ts';
import type { HandlerPlace } from './load-handler.ts';
import { loadHandler } from './load-handler.ts';
import type { ConnectionChoice, OpenQueue } from './open-queue.ts';
import { openQueue } from './open-queue.ts';
import type { ClientUse } from './optional-clients.ts';
import { loadLambdaClient, loadStreamsClient } from './optional-clients.ts';
import type { ReportOptions } from './replay-report.ts';
import { createReplayReport } from './replay-report.ts';

export type RunBy =
  | {
      readonly handler: HandlerPlace;
      readonly functionNames: readonly string[];
      readonly functionName?: never;
    }
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
  readonly report: Omit<ReportOptions, 'now' | 'max' | 'isFifo'>;
  /** Whether what a handler here writes to its standard output is shown. */
  readonly verbose: boolean;
  readonly isAsked: boolean;
}

export async function runReplay(run: ReplayRun, io: CommandIO, parts: DlqParts): Promise<void> {
  await using cleanUp = createCleanUp();
  const [say, tell] = [linesTo(io.stdout), linesTo(io.stderr)];
  const open = await openQueue(run.connection, io, cleanUp);
  const facts = await open.queue.facts(io.interrupted);
  setVariables(variablesFor(run, open), cleanUp);
  const by = await loadTarget(run, tell, cleanUp);
  if (facts.visible + facts.inFlight + facts.delayed === 0) {
    say(
      run.report.json
        ? JSON.stringify({ kind: 'summary', ...emptySummary })
        : `The queue ${open.name} is empty: there is nothing to replay.`,
    );
    return;
  }
  tell(intentText(run, open, facts));
  if (run.isAsked && !(await isAgreed(run, open, io, parts))) {
    tell('Nothing was done.');
    io.setExitStatus?.(io.interrupted.aborted ? 130 : 1);
    return;
  }

  const report = createReplayReport(io, {
    ...run.report,
    max: run.options.max,
    isFifo: open.queue.isFifo,
    now: parts.now,
  });
  cleanUp.defer(report.stop);
  const replay = parts.replay ?? replayDeadLetters;
  const summary = await replay({
    ...run.options,
    ...by,
    queueUrl: open.queue.url,
    clients: await clientsOf(open, { cleanUp, interrupted: io.interrupted }),
    signal: io.interrupted,
    onEvent: report.onEvent,
  });
  report.end(summary);
  if (summary.wasInterrupted) io.setExitStatus?.(130);
  else if (summary.left > 0 && run.options.dryRun !== true) io.setExitStatus?.(1);
}

const emptySummary: ReplaySummary = {
  ...{ selected: 0, settled: 0, left: 0, outcomes: {}, foreign: 0, durationMs: 0 },
  wasInterrupted: false,
};

async function loadTarget(
  { by, verbose }: ReplayRun,
  tell: (line: string) => void,
  cleanUp: CleanUp,
): Promise<ReplayBy> {
  if (by.handler === undefined) return { functionName: by.functionName };
  divertHandlerOutput(verbose ? tell : undefined, cleanUp);
  const handler = await loadHandler(by.handler);
  checkLedger(handler);
  return { handler, functionNames: by.functionNames };
}

/** @throws InvalidOptionError if the handler's ledger is in a table that nobody has named */
function checkLedger({ description }: object & { readonly description?: HandlerDescription }): void {
  const ledger = description?.ledger;
  if (typeof ledger !== 'object' || ledger.tableName !== undefined) return;
  if (fromEnvironment('SPILLWAY_LEDGER_TABLE') === undefined)
    throw new InvalidOptionError(
      "The handler's ledger is in the table that SPILLWAY_LEDGER_TABLE names, and it is not set: say --ledger-table NAME, that of the deployed function.",
    );
}

/** Without a terminal nobody is asked; a module of the user's choice was named, and what fails stays. */
async function isAgreed(run: ReplayRun, open: OpenQueue, io: CommandIO, parts: DlqParts): Promise<boolean> {
  const { selection = {}, fromTable } = run.options;
  if (!canAsk(io)) return true;
  if (fromTable === undefined) return ask('Replay them?', io);
  const expired = await findExpiredPointers(open, selection, parts.now(), io);
  linesTo(io.stderr)(expiredPointersText(expired, fromTable.length));
  return ask('Replay them?', io);
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

async function clientsOf(open: OpenQueue, use: ClientUse): Promise<ReplayClients> {
  const streams = await loadStreamsClient(open.configOf('DYNAMODB_STREAMS'), use);
  const lambda = await loadLambdaClient(open.configOf('LAMBDA'), use.cleanUp);
  const s3 = await open.loadS3();
  return {
    sqs: open.sqs,
    dynamodb: open.dynamodbIn(open.region),
    ...(streams && { streams }),
    ...(lambda && { lambda }),
    ...(s3 && { s3 }),
  };
}
