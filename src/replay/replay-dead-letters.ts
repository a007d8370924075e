import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { StreamHandler } from '../create-handler.ts';
import type { AnyS3Client } from '../dead-letter/s3-records.ts';
import { InvalidOptionError } from '../errors.ts';
import type { FilterCriteria } from '../filter/compile-filter-criteria.ts';
import { checkNames, checkNumber } from '../routing/check-option.ts';
import { systemRuntime } from '../runtime.ts';
import { handlerTarget } from './target/handler-target.ts';
import { functionTarget } from './target/invoke-target.ts';
import { bareNameOf } from './target/of-function.ts';
import type { ItemKey } from './reading/items-from-table.ts';
import { itemsFromTable } from './reading/items-from-table.ts';
import { createFreshnessJudge } from './freshness/judge-freshness.ts';
import { createRangeReader } from './reading/read-range.ts';
import { createMessageReader } from './reading/read-message.ts';
import type { IfStale, ReplayEvent, ReplaySummary } from './engine/run-options.ts';
import { runReplay } from './engine/run-replay.ts';
import { fetchObjectFromS3 } from './reading/s3-object.ts';
import { sqsQueue } from './queue/sqs-queue.ts';
import type { ReplayTarget } from './target/target.ts';
import { versionAttributeIn } from './freshness/version-attribute.ts';
import type { Selection } from './engine/selection.ts';

/** Where the letters are run: by a handler in this process, or by the function that is deployed. */
export type ReplayBy =
  | {
      readonly handler: StreamHandler;
      /**
       * The functions on Lambda that have this handler: it runs the records that Lambda gave up in these. Default: none, so
       * that pointers stay; letters say themselves whose they are.
       */
      readonly functionNames?: readonly string[];
      readonly functionName?: never;
    }
  | { readonly functionName: string; readonly handler?: never; readonly functionNames?: never };

export type ReplayOptions = ReplayBy & {
  readonly queueUrl: string;
  /** Which messages. Default: all. */
  readonly selection?: Selection;
  /** Default `fail`. */
  readonly ifStale?: IfStale;
  /** How many items at once. 1 to 1,000, default 10. */
  readonly concurrency?: number;
  /** Pieces of work begun per second. Default: as many as there can be. */
  readonly ratePerSecond?: number;
  /** How many messages at most. */
  readonly max?: number;
  readonly dryRun?: boolean;
  /** The attribute of an item that grows with every write, by which it is told whether the item has changed since. Default: what the handler's routers name; else images are compared. */
  readonly versionAttribute?: string;
  /** The filter of the mapping whose pointers are read. */
  readonly filter?: FilterCriteria;
  /** For pointers whose records the stream has lost: the keys (plain values) of items that are to run as they are now. */
  readonly fromTable?: readonly ItemKey[];
  /** How long a message is kept from others at a time. 2 to 43,200, default 120. */
  readonly visibilitySeconds?: number;
  /** How long a handler in this process has for a request, as a function its time-out. 1 to 900, default 30. */
  readonly timeoutSeconds?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ReplayEvent) => void;
  /** Clients of your own. Default: made when they are needed, with the region and credentials that the SDK finds. */
  readonly clients?: ReplayClients;
};

export interface ReplayClients {
  readonly sqs?: SQSClient;
  readonly dynamodb?: DynamoDBClient;
  readonly streams?: DynamoDBStreamsClient;
  readonly lambda?: LambdaClient;
  readonly s3?: AnyS3Client;
}

/**
 * Replays the dead letters of a queue: through the router, the ledger and the errors of the handler that wrote them. A
 * message is deleted when nothing is left to do about it; what fails stays.
 * @throws InvalidOptionError for a wrong option
 * @throws ReplayError if the queue, the function or the stream cannot be used, or others work on the queue
 * @example await replayDeadLetters({ queueUrl, handler, selection: { routes: ['tell-customer'] } });
 */
export async function replayDeadLetters(options: ReplayOptions): Promise<ReplaySummary> {
  checkOptions(options);
  const {
    queueUrl,
    clients = {},
    ifStale = 'fail',
    filter,
    selection = {},
    fromTable,
    versionAttribute,
  } = options;
  const { signal = new AbortController().signal, onEvent = () => undefined } = options;
  const runtime = systemRuntime;
  const dynamodb = (): DynamoDBClient => clients.dynamodb ?? new DynamoDBClient({});
  return runReplay({
    queue: sqsQueue({ queueUrl, ...(clients.sqs && { client: clients.sqs }) }),
    target: targetOf(options, signal),
    readMessage: createMessageReader({
      fetchObject: fetchObjectFromS3(clients.s3 === undefined ? {} : { client: clients.s3 }),
    }),
    readRange: createRangeReader({
      ...(clients.streams && { client: clients.streams }),
      ...(filter && { filter }),
      runtime,
      signal,
    }),
    judgeFreshness:
      ifStale === 'run'
        ? undefined
        : createFreshnessJudge({
            client: dynamodb(),
            versionAttributeOf:
              versionAttribute === undefined
                ? // Of a function on Lambda nobody here knows the routers.
                  versionAttributeIn(options.handler?.routes ?? [])
                : () => versionAttribute,
          }),
    ifStale,
    selection,
    concurrency: options.concurrency ?? 10,
    ratePerSecond: options.ratePerSecond,
    max: options.max,
    dryRun: options.dryRun ?? false,
    visibilitySeconds: options.visibilitySeconds ?? 120,
    expired: fromTable && itemsFromTable(dynamodb(), fromTable, runtime),
    signal,
    runtime,
    onEvent,
  });
}

function targetOf(options: ReplayOptions, signal: AbortSignal): ReplayTarget {
  const { handler, functionName, functionNames = [], clients = {}, timeoutSeconds = 30 } = options;
  if (handler !== undefined)
    return handlerTarget(
      handler,
      { timeoutMs: timeoutSeconds * 1_000, now: systemRuntime.now },
      functionNames.map(bareNameOf),
    );
  return functionTarget({ functionName, signal, ...(clients.lambda && { client: clients.lambda }) });
}

const optionNames: readonly (keyof ReplayOptions)[] = [
  'queueUrl',
  'handler',
  'functionName',
  'functionNames',
  'selection',
  'ifStale',
  'concurrency',
  'ratePerSecond',
  'max',
  'dryRun',
  'versionAttribute',
  'filter',
  'fromTable',
  'visibilitySeconds',
  'timeoutSeconds',
  'signal',
  'onEvent',
  'clients',
];

function checkOptions(options: ReplayOptions): void {
  const name = 'replayDeadLetters';
  checkNames(name, options, optionNames);
  const {
    queueUrl,
    handler,
    functionName,
    ifStale = 'fail',
  }: { [Name in keyof ReplayOptions]: unknown } = options;
  if (typeof queueUrl !== 'string' || !/^https?:\/\/./.test(queueUrl))
    throw new InvalidOptionError(`${name}: "queueUrl" must be the URL of a queue, not its name or ARN`);
  if ((handler === undefined) === (functionName === undefined))
    throw new InvalidOptionError(`${name}: give either "handler" or "functionName"`);
  if (handler !== undefined && (typeof handler !== 'function' || !('routes' in handler)))
    throw new InvalidOptionError(`${name}: "handler" must be one that createHandler has made`);
  const { functionNames = [] }: { readonly functionNames?: unknown } = options;
  if (!Array.isArray(functionNames) || !functionNames.every((one) => typeof one === 'string' && one !== ''))
    throw new InvalidOptionError(`${name}: "functionNames" must be a list of names of functions`);
  if (functionName !== undefined && functionNames.length > 0)
    throw new InvalidOptionError(
      `${name}: "functionNames" says whose the "handler" is; a function has its own name`,
    );
  if (ifStale !== 'run' && ifStale !== 'skip' && ifStale !== 'fail')
    throw new InvalidOptionError(`${name}: "ifStale" must be 'run', 'skip' or 'fail'`);
  const { concurrency, ratePerSecond, max, visibilitySeconds, timeoutSeconds } = options;
  checkNumber(`${name}: "concurrency"`, concurrency, { least: 1, most: 1_000, whole: true });
  checkNumber(`${name}: "ratePerSecond"`, ratePerSecond, { least: 0.001, most: 100_000, whole: false });
  checkNumber(`${name}: "max"`, max, { least: 1, most: Number.MAX_SAFE_INTEGER, whole: true });
  checkNumber(`${name}: "visibilitySeconds"`, visibilitySeconds, { least: 2, most: 43_200, whole: true });
  checkNumber(`${name}: "timeoutSeconds"`, timeoutSeconds, { least: 1, most: 900, whole: false });
}
