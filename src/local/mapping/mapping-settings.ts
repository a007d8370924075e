import { InvalidOptionError } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import { systemClock } from '../clock.ts';
import { compileFilterCriteria } from '../../filter/compile-filter-criteria.ts';
import { localFunctionArn } from '../function/lambda-context.ts';
import type { StartingPosition } from '../stream/checkpoints.ts';
import type { BackOff } from './back-off.ts';
import type { RecordMapper } from './batch.ts';
import type { EventSourceMappingOptions } from './mapping-options.ts';
import type { DestinationName } from './on-failure-destination.ts';
import { readDestination } from './on-failure-destination.ts';
import { unconfirmed } from './unconfirmed.ts';
import { checkNumbers, failedConstraint } from './validation-errors.ts';

/** The options with their defaults, checked, in the form in which they are used. */
export interface MappingSettings {
  readonly streamArn: string;
  readonly functionName: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly parallelizationFactor: number;
  readonly startingPosition: StartingPosition;
  readonly maximumRetryAttempts: number;
  /** Undefined for no limit. */
  readonly maximumRecordAgeMs: number | undefined;
  readonly bisectBatchOnFunctionError: boolean;
  /** Undefined without tumbling windows. */
  readonly tumblingWindowMs: number | undefined;
  readonly reportBatchItemFailures: boolean;
  /** Whether the filters let a record through, as Lambda would send it. */
  readonly passes: (record: unknown) => boolean;
  readonly mapRecord: RecordMapper;
  readonly destination: DestinationName | undefined;
  readonly isEnabled: boolean;
  readonly timeoutMs: number;
  readonly pollIntervalMs: number;
  readonly slowestPollMs: number;
  readonly shardDiscoveryIntervalMs: number;
  readonly retry: BackOff;
  readonly clock: Clock;
  readonly random: () => number;
}

/** @throws InvalidOptionError with AWS's wording where it has one, else naming the option, what was given and is allowed */
export function mappingSettings(options: EventSourceMappingOptions): MappingSettings {
  const given = { ...defaults, ...withoutUndefined(options) };
  checkWords(given);
  checkNumbers(given);
  const { backOff } = unconfirmed;
  const { baseDelayMs = backOff.baseDelayMs, maxDelayMs = Math.max(backOff.maxDelayMs, baseDelayMs) } =
    given.retry;
  within('retry.baseDelayMs', baseDelayMs, 0, longestDelayMs);
  within('retry.maxDelayMs', maxDelayMs, baseDelayMs, longestDelayMs);
  const isToldOfWrites = given.stack?.onWrite !== undefined;
  const pollIntervalMs = given.pollIntervalMs ?? (isToldOfWrites ? lambdasPollMs : 20);
  within('timeoutMs', given.timeoutMs, 1, 900_000);
  within('pollIntervalMs', pollIntervalMs, 1, 60_000);
  within('shardDiscoveryIntervalMs', given.shardDiscoveryIntervalMs, 1, longestDelayMs);

  const functionArn = given.FunctionName.startsWith('arn:')
    ? given.FunctionName
    : localFunctionArn(given.FunctionName);
  const destination = given.DestinationConfig.OnFailure?.Destination ?? '';
  const { MaximumRecordAgeInSeconds: age, TumblingWindowInSeconds: window } = given;
  return {
    streamArn: given.EventSourceArn,
    functionArn,
    functionName: functionArn.split(':')[6] ?? given.FunctionName,
    batchSize: given.BatchSize,
    batchingWindowMs: given.MaximumBatchingWindowInSeconds * 1_000,
    parallelizationFactor: given.ParallelizationFactor,
    startingPosition: given.StartingPosition,
    maximumRetryAttempts: given.MaximumRetryAttempts,
    maximumRecordAgeMs: age < 0 ? undefined : age * 1_000,
    bisectBatchOnFunctionError: given.BisectBatchOnFunctionError,
    tumblingWindowMs: window === 0 ? undefined : window * 1_000,
    reportBatchItemFailures: given.FunctionResponseTypes.length > 0,
    passes: compileFilterCriteria(given.FilterCriteria),
    mapRecord: given.mapRecord,
    destination: destination === '' ? undefined : readDestination(destination),
    isEnabled: given.Enabled,
    timeoutMs: given.timeoutMs,
    pollIntervalMs,
    slowestPollMs: isToldOfWrites ? 4 * lambdasPollMs : lambdasPollMs,
    shardDiscoveryIntervalMs: given.shardDiscoveryIntervalMs,
    retry: { baseDelayMs, maxDelayMs },
    clock: given.clock,
    random: given.random,
  };
}

const longestDelayMs = 3_600_000;

/** Lambda reads a shard four times a second.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
const lambdasPollMs = 250;

/** Those of Lambda, then ours.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
const defaults = {
  FunctionName: 'local-function',
  BatchSize: 100,
  MaximumBatchingWindowInSeconds: 0,
  ParallelizationFactor: 1,
  MaximumRetryAttempts: -1,
  MaximumRecordAgeInSeconds: -1,
  BisectBatchOnFunctionError: false,
  TumblingWindowInSeconds: 0,
  FunctionResponseTypes: [],
  FilterCriteria: {},
  DestinationConfig: {},
  Enabled: true,
  timeoutMs: 30_000,
  shardDiscoveryIntervalMs: 10_000,
  retry: {},
  mapRecord: (record) => record,
  clock: systemClock,
  random: Math.random,
} as const satisfies Partial<EventSourceMappingOptions>;

export type WithDefaults = EventSourceMappingOptions &
  Required<Pick<EventSourceMappingOptions, keyof typeof defaults>>;

/** Plain JavaScript, and JSON, may write an option out that is not given; it means the default. */
const withoutUndefined = (options: EventSourceMappingOptions) =>
  Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined && value !== null),
  ) as WithDefaults;

function checkWords(given: WithDefaults): void {
  const { EventSourceArn, invoke, FunctionName, StartingPosition } = given;
  check(/^arn:[^:]+:dynamodb:[^:]*:[^:]*:table\/[^/]+\/stream\/.+$/.test(EventSourceArn), {
    option: 'EventSourceArn',
    given: EventSourceArn,
    allowed: "the ARN of a table's stream, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL",
  });
  const isInvokable =
    typeof invoke === 'function' ||
    typeof (invoke as { readonly invoke?: unknown } | undefined)?.invoke === 'function';
  check(isInvokable, { option: 'invoke', given: invoke, allowed: 'a function, or what startFunction gives' });
  check(/^([\w-]{1,64}|arn:[^:]+:lambda:[^:]*:[^:]*:function:[\w-]{1,64}(:[\w$-]+)?)$/.test(FunctionName), {
    option: 'FunctionName',
    given: FunctionName,
    allowed: "1 to 64 letters, digits, hyphens and underscores, or a function's ARN",
  });
  checkStartingPosition(StartingPosition, EventSourceArn);
  const allowed = 'true or false';
  for (const option of ['BisectBatchOnFunctionError', 'Enabled'] as const)
    check(typeof given[option] === 'boolean', { option, given: given[option], allowed });
  const { FunctionResponseTypes } = given;
  check(Array.isArray(FunctionResponseTypes), {
    option: 'FunctionResponseTypes',
    given: FunctionResponseTypes,
    allowed: "['ReportBatchItemFailures'] or []",
  });
  if (FunctionResponseTypes.length > 1)
    throw failedConstraint('FunctionResponseTypes', `[${FunctionResponseTypes.join(', ')}]`, {
      constraint: 'Member must have length less than or equal to 1',
    });
  if (FunctionResponseTypes.some((type: string) => type !== 'ReportBatchItemFailures'))
    throw failedConstraint('FunctionResponseTypes', `[${FunctionResponseTypes.join(', ')}]`, {
      constraint:
        'Member must satisfy constraint: [Member must satisfy enum value set: [ReportBatchItemFailures]]',
    });
}

/** Recorded on AWS: nothing, and AT_TIMESTAMP, which Kinesis knows. */
function checkStartingPosition(given: string | null | undefined, streamArn: string): void {
  if (given === undefined || given === null)
    throw failedConstraint('StartingPosition', null, { constraint: 'Member must not be null.' });
  if (given === 'AT_TIMESTAMP')
    throw new InvalidOptionError(`Unsupported starting position for arn type: ${streamArn}`);
  if (given !== 'TRIM_HORIZON' && given !== 'LATEST')
    throw failedConstraint('StartingPosition', given, {
      constraint: 'Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]',
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
