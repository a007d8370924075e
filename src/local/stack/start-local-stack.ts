import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalStackError } from '../../errors.ts';
import type { DynamoDBSource } from './find-dynoxide.ts';
import { findDynamoDB } from './find-dynoxide.ts';
import type { Environment, LocalEndpoints, LocalEnvironment } from './local-environment.ts';
import { localEnvironment } from './local-environment.ts';
import type { RunningEngine } from './start-dynoxide.ts';
import { startDynoxide } from './start-dynoxide.ts';
import { startFauxqs } from './start-fauxqs.ts';

export interface LocalStackOptions {
  /** A folder in which tables, queues and buckets outlive the stack; made if it is not there. Default: in memory. */
  readonly dataDir?: string;
  /** The ports to listen on: of DynamoDB, and of SQS with S3 and SNS. Default: any that are free. */
  readonly ports?: { readonly dynamodb?: number; readonly sqs?: number };
  /** Where `PATH` and `AWS_ENDPOINT_URL_DYNAMODB` are looked up. Default `process.env`. */
  readonly environment?: Environment;
}

/** DynamoDB with Streams, SQS, S3 and SNS on this machine. */
export interface LocalStack {
  readonly endpoints: LocalEndpoints;
  /** For the environment of whatever is to talk to the stack. It is set nowhere. */
  readonly environment: LocalEnvironment;
  /**
   * Calls back after each write to a table of this stack, without saying which; gives back how to end that. Not there if
   * the DynamoDB is not one that was started here.
   */
  readonly onWrite?: (listener: () => void) => () => void;
  /** Resolves with the reason if DynamoDB ends without `stop`; else it stays pending. */
  readonly died: Promise<LocalStackError>;
  /** Ends everything that was started, and resolves when it is gone. Calling it again is harmless. */
  readonly stop: () => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/**
 * Starts dynoxide (DynamoDB with Streams) and fauxqs (SQS, S3, SNS) on free ports and resolves when both answer.
 * Whatever ends this process, Ctrl-C or SIGKILL, ends them too; Ctrl-C by itself does not reach them, so that a graceful
 * end can still use them. Note that fauxqs listens on all network interfaces.
 * @throws LocalStackError saying what to install, or what the engine said
 * @example await using stack = await startLocalStack();
 */
export async function startLocalStack(options: LocalStackOptions = {}): Promise<LocalStack> {
  const { dataDir, environment = process.env, ports = {} } = options;
  const source = findDynamoDB({ platform: process.platform, arch: process.arch, environment });
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });

  const [dynamodb, queues] = await Promise.allSettled([
    startDynamoDB(source, { dataDir, environment, port: ports.dynamodb }),
    startFauxqs({ dataDir, port: ports.sqs }),
  ]);
  const stopAll = async () => {
    const started = [dynamodb, queues].filter((engine) => engine.status === 'fulfilled');
    await Promise.all(started.map(({ value }) => value.stop()));
  };
  try {
    if (dynamodb.status === 'rejected') throw dynamodb.reason;
    if (queues.status === 'rejected') throw queues.reason;
    const endpoints = { dynamodb: dynamodb.value.endpoint, sqs: queues.value.endpoint };
    await Promise.all(Object.values(endpoints).map(untilAnswering));

    let stopped: Promise<void> | undefined;
    const stop = () => (stopped ??= stopAll());
    return {
      endpoints,
      environment: localEnvironment(endpoints, source.kind === 'program', environment),
      ...(dynamodb.value.onWrite && { onWrite: dynamodb.value.onWrite }),
      died: dynamodb.value.died,
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

interface DynamoDBParts {
  readonly dataDir: string | undefined;
  readonly environment: Environment;
  readonly port: number | undefined;
}

async function startDynamoDB(
  source: DynamoDBSource,
  { dataDir, environment, port }: DynamoDBParts,
): Promise<RunningEngine> {
  if (source.kind === 'endpoint')
    return { endpoint: source.url, died: new Promise(() => undefined), stop: () => Promise.resolve() };
  return startDynoxide({
    path: source.path,
    environment,
    ...(dataDir !== undefined && { databaseFile: join(dataDir, 'dynamodb.db') }),
    ...(port !== undefined && { port }),
  });
}

/** Any HTTP answer will do: it is there. */
async function untilAnswering(endpoint: string): Promise<void> {
  try {
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
  } catch (cause) {
    throw new LocalStackError(`Nothing answers at ${endpoint}.`, { cause });
  }
}
