import { isAbsolute } from 'node:path';
import { InvalidOptionError } from '../../errors.ts';
import { localFunctionArn } from './lambda-context.ts';
import type { LogLine } from './log-lines.ts';

/** One invocation that was answered, or cut off: what Lambda writes in the line that begins with REPORT. */
export interface FunctionReport {
  readonly functionName: string;
  readonly requestId: string;
  readonly durationMs: number;
  /** Only of an invocation for which a process was started. */
  readonly initDurationMs?: number;
  readonly memorySizeMb: number;
  /** The most that the process has had so far, its earlier invocations included; only on Linux. */
  readonly maxMemoryUsedMb?: number;
}

export interface FunctionOptions {
  readonly functionName: string;
  /** The unzipped deployment package: an absolute path. */
  readonly folder: string;
  /** As Lambda reads it: `handlers/orders.handler` is the export `handler` of `handlers/orders.js`, `.mjs` or `.cjs`. */
  readonly handler: string;
  /** The whole of the function's own environment variables; none of this process's reach it. */
  readonly environment: Readonly<Record<string, string>>;
  /** For an invocation, in milliseconds; init does not count. */
  readonly timeoutMs: number;
  /** In MB. Default: 128, as in Lambda. On Linux, an environment that takes more is killed. */
  readonly memorySizeMb?: number;
  /** Default: one of this name in us-east-1. Its Region is the function's AWS_REGION unless `environment` has one. */
  readonly functionArn?: string;
  /** Options of Node.js, such as `--inspect` or `--enable-source-maps`. */
  readonly execArgv?: readonly string[];
  /** The folder whose `node_modules` stand in for the AWS SDK of Lambda's runtime. Default: the working directory. */
  readonly sdkFrom?: string;
  /** Above it, invocations are throttled: not-invoked. Default: 1,000, as an account's in Lambda. */
  readonly maximumConcurrency?: number;
  /** Lambda's limit for init; one that takes longer is begun again within the time limit. Default: 10,000 ms. */
  readonly initLimitMs?: number;
  /** Called with each line that the function writes. It must not throw. */
  readonly onLine?: (line: LogLine) => void;
  /** Called after each invocation that reached the function. It must not throw. */
  readonly onReport?: (report: FunctionReport) => void;
}

export type FunctionSettings = Required<FunctionOptions>;

/** @throws InvalidOptionError for an option out of its range */
export function functionSettings(options: FunctionOptions): FunctionSettings {
  const settings: FunctionSettings = {
    memorySizeMb: 128,
    functionArn: localFunctionArn(options.functionName),
    execArgv: [],
    sdkFrom: process.cwd(),
    maximumConcurrency: 1_000,
    initLimitMs: 10_000,
    onLine: () => undefined,
    onReport: () => undefined,
    ...options,
  };
  const of = `of function ${settings.functionName}`;
  checkFolder(settings.folder, of);
  for (const [name, least] of [
    ['timeoutMs', 1],
    ['memorySizeMb', 128],
    ['maximumConcurrency', 1],
    ['initLimitMs', 1],
  ] as const)
    if (!(settings[name] >= least))
      throw new InvalidOptionError(`${name} ${of} must be at least ${least}, and is ${settings[name]}.`);
  return settings;
}

export function checkFolder(folder: string, of: string): void {
  if (!isAbsolute(folder))
    throw new InvalidOptionError(`folder ${of} must be an absolute path, and is "${folder}".`);
}
