import { isAbsolute, relative, resolve } from 'node:path';
import { startLocalStack } from '../../local/index.ts';
import type { Service } from '../../local/service/start-service.ts';
import { startService } from '../../local/service/start-service.ts';
import { createCleanUp } from '../clean-up.ts';
import type { CommandIO } from '../command-io.ts';
import { createLineOutput } from '../line-output.ts';
import type { DevReport } from './dev-report.ts';
import { devReport } from './dev-report.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { readyText } from './ready-text.ts';
import type { ServiceSource } from './service-source.ts';
import { frameworkSource, templateSource } from './service-source.ts';
import type { SourceChange } from './watch-sources.ts';
import { watchSources } from './watch-sources.ts';

export interface DevOptions {
  readonly stage: string;
  readonly config: string;
  /** A template that is there already; nothing is packaged then. */
  readonly template: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  readonly dataDir: string | undefined;
  readonly ports: { readonly dynamodb?: number; readonly sqs?: number };
  readonly watch: boolean;
}

/** Runs the service on this machine until it is told to end, or nobody reads what it says. Rejects if it cannot be run. */
export async function runDev(options: DevOptions, io: CommandIO): Promise<void> {
  const startedAt = performance.now();
  const { ports, parameters, environment, stage } = options;
  await using cleanUp = createCleanUp();
  const unread = new AbortController();
  const output = createLineOutput(io.stdout, () => unread.abort());
  cleanUp.defer(output.release);
  const ending = AbortSignal.any([io.interrupted, unread.signal]);
  const interrupted = interruption(ending);
  void interrupted.then(() => {
    if (!unread.signal.aborted)
      output.write('Stopping. Invocations that run may end; Ctrl-C once more, and they do not.');
  });
  const source =
    options.template === undefined ? await frameworkSource(options, io) : templateSource(options.template);
  cleanUp.defer(source.close);
  const isPackaged = options.template === undefined;
  io.stdout.write(
    isPackaged ? `Packaging ${source.name} for stage ${stage} …\n` : `Reading ${source.name} …\n`,
  );
  const packaging = source.template();
  packaging.catch(() => undefined); // It is waited for below, when the engines are up.

  const dataDir = options.dataDir === undefined ? undefined : resolve(options.dataDir);
  const kept = dataDir === undefined ? {} : { dataDir };
  // The framework may package all that lies in the folder, and cannot while files come and go.
  if (dataDir !== undefined && isBelow(dataDir, source.folder)) await Promise.race([interrupted, packaging]);
  const stack = await startLocalStack({ ports, environment: io.environment, ...kept });
  cleanUp.defer(stack.stop);

  const templatePath = await Promise.race([interrupted, packaging]);
  if (templatePath === undefined) return;
  const stackName = await source.stackName(templatePath);
  const report = devReport(io, `${stackName}-`, () => new Date());
  const service = await startService({
    ...report,
    ...kept,
    stack,
    templatePath,
    stackName,
    parameters,
    environment,
    sdkFrom: source.folder,
  });
  const patience = new AbortController();
  cleanUp.defer(() => service.stop({ abandon: patience.signal.aborted }));
  if (ending.aborted) return;

  // A change must be seen from the moment on at which it is said that all is ready.
  if (options.watch) cleanUp.defer(await restartOnChange({ source, service, report, dataDir }));
  report.say(readyText(service.applied(), stack.environment, report.paint));
  report.handlers(service.applied().started);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  report.say(
    `${report.paint('bold', `Ready in ${seconds} s.`)} Each invocation is a line; Ctrl-C ends it.\n`,
  );

  const died = await Promise.race([stack.died, interrupted]);
  if (!died) return;
  patience.abort();
  throw died;
}

interface RestartParts {
  readonly source: ServiceSource;
  readonly service: Service;
  readonly report: DevReport;
  readonly dataDir: string | undefined;
}

/** Packages again and takes over what is new, whenever a source changes. Gives back how to end that. */
async function restartOnChange({
  source,
  service,
  report,
  dataDir,
}: RestartParts): Promise<() => Promise<void>> {
  const closing = new AbortController();
  const isClosing = () => closing.signal.aborted;
  let last: Promise<void> = Promise.resolve();
  const restart = async ({ file, seenAt }: SourceChange) => {
    if (isClosing()) return;
    try {
      const { started, functions } = await service.apply(await source.template());
      watching.add(source.watched(functions).paths);
      report.restarted(file, started, performance.now() - seenAt);
      report.handlers(started);
    } catch (error) {
      // What has no package at the end is only cut short.
      if (!isClosing()) report.failed(error);
    }
    source.prepare();
  };
  const watching = await watchSources({
    places: source.watched(service.applied().functions),
    ignoredFolder: dataDir,
    onChange: oneAtATime((change) => (last = restart(change))),
    onError: report.onError,
  });
  source.prepare();
  return async () => {
    closing.abort();
    await watching.close();
    await source.close();
    await last;
  };
}

const isBelow = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return !way.startsWith('..') && !isAbsolute(way);
};

const interruption = (interrupted: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (interrupted.aborted) resolve(undefined);
    interrupted.addEventListener('abort', () => resolve(undefined), { once: true });
  });
