import { InvalidOptionError } from '../errors.ts';
import type { BackOff } from './back-off.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import type { LambdaFunction } from './invoke-function.ts';
import type { EventSourceMappingOptions, StartingPosition } from './mapping-options.ts';

/** The options with their defaults, checked. */
export interface MappingSettings {
  readonly streamArn: string;
  readonly invoke: LambdaFunction;
  readonly functionName: string;
  readonly batchSize: number;
  readonly maximumBatchingWindowMs: number;
  readonly startingPosition: StartingPosition;
  readonly resumeFrom: Checkpoints;
  readonly maximumRetryAttempts: number;
  readonly timeoutMs: number;
  readonly reportBatchItemFailures: boolean;
  readonly pollIntervalMs: number;
  readonly shardDiscoveryIntervalMs: number;
  readonly retry: BackOff;
  readonly clock: Clock;
  readonly random: () => number;
}

const longestDelayMs = 3_600_000;

/** @throws InvalidOptionError naming the option, what was given and what is allowed */
export function mappingSettings(options: EventSourceMappingOptions): MappingSettings {
  const given = { ...defaults, ...withoutUndefined(options) };
  checkWords(given);
  within('batchSize', given.batchSize, 1, 10_000);
  within('maximumBatchingWindowMs', given.maximumBatchingWindowMs, 0, 300_000);
  within('maximumRetryAttempts', given.maximumRetryAttempts, -1, 10_000);
  within('timeoutMs', given.timeoutMs, 1, 900_000);
  within('pollIntervalMs', given.pollIntervalMs, 1, 60_000);
  within('shardDiscoveryIntervalMs', given.shardDiscoveryIntervalMs, 1, longestDelayMs);

  const { baseDelayMs = 200, maxDelayMs = Math.max(30_000, baseDelayMs) } = given.retry;
  within('retry.baseDelayMs', baseDelayMs, 0, longestDelayMs);
  within('retry.maxDelayMs', maxDelayMs, baseDelayMs, longestDelayMs);
  return {
    ...given,
    reportBatchItemFailures: given.functionResponseTypes.length > 0,
    retry: { baseDelayMs, maxDelayMs },
  };
}

const defaults = {
  functionName: 'local-function',
  batchSize: 100,
  maximumBatchingWindowMs: 0,
  startingPosition: 'TRIM_HORIZON',
  resumeFrom: {},
  maximumRetryAttempts: -1,
  timeoutMs: 30_000,
  functionResponseTypes: ['ReportBatchItemFailures'],
  pollIntervalMs: 20,
  shardDiscoveryIntervalMs: 10_000,
  retry: {},
  clock: systemClock,
  random: Math.random,
} as const satisfies Partial<EventSourceMappingOptions>;

type WithDefaults = EventSourceMappingOptions &
  Required<Pick<EventSourceMappingOptions, keyof typeof defaults>>;

/** Plain JavaScript may write an option out as undefined; it means the default. */
const withoutUndefined = (options: EventSourceMappingOptions) =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as WithDefaults;

function checkWords({ streamArn, invoke, functionName, ...given }: WithDefaults): void {
  check(/^arn:[^:]+:dynamodb:[^:]*:[^:]*:table\/[^/]+\/stream\/.+$/.test(streamArn), {
    option: 'streamArn',
    given: streamArn,
    allowed: "the ARN of a table's stream, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL",
  });
  check(typeof invoke === 'function', { option: 'invoke', given: invoke, allowed: 'a function' });
  check(/^[\w-]{1,64}$/.test(functionName), {
    option: 'functionName',
    given: functionName,
    allowed: '1 to 64 letters, digits, hyphens and underscores',
  });
  check(['TRIM_HORIZON', 'LATEST'].includes(given.startingPosition), {
    option: 'startingPosition',
    given: given.startingPosition,
    allowed: 'TRIM_HORIZON or LATEST (DynamoDB Streams know no AT_TIMESTAMP)',
  });
  check(
    given.functionResponseTypes.every((type: string) => type === 'ReportBatchItemFailures'),
    {
      option: 'functionResponseTypes',
      given: given.functionResponseTypes,
      allowed: "['ReportBatchItemFailures'] or []",
    },
  );
  check(given.onFailure === undefined || given.onFailure.queueUrl !== '', {
    option: 'onFailure.queueUrl',
    given: given.onFailure?.queueUrl,
    allowed: 'the URL of an SQS queue',
  });
}

interface OptionValue {
  readonly option: string;
  readonly given: unknown;
  readonly allowed: string;
}

function check(isAllowed: boolean, { option, given, allowed }: OptionValue): void {
  if (isAllowed) return;
  const shown = (JSON.stringify(given) as string | undefined) ?? typeof given;
  throw new InvalidOptionError(`startEventSourceMapping: ${option} is ${shown}; allowed is ${allowed}.`);
}

function within(option: string, given: number, least: number, most: number): void {
  const allowed = `a whole number from ${least} to ${most}`;
  check(Number.isInteger(given) && given >= least && given <= most, { option, given, allowed });
}
