import type { Context, SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvalidEventError, InvalidOptionError } from '../errors.ts';
import type { FilterCriteria } from '../filter/compile-filter-criteria.ts';
import type { HandlerOptions } from '../handler-options.ts';
import { requestTimeouts } from '../idempotency/request-timeouts.ts';
import type { RouteDescription } from '../routing/describe-routes.ts';
import type { Runtime } from '../runtime.ts';
import { systemRuntime } from '../runtime.ts';
import { isObject } from '../stream/record.ts';
import { eventQueue } from './queue/event-queue.ts';
import { createFreshnessJudge } from './freshness/judge-freshness.ts';
import { createRangeReader } from './reading/read-range.ts';
import { createMessageReader } from './reading/read-message.ts';
import type { ReplayClients } from './replay-dead-letters.ts';
import type { Routers, RoutersOfConsumers } from './replayed-consumers.ts';
import { functionsOf, openConsumers } from './replayed-consumers.ts';
import type { IfStale, ReplayEvent } from './engine/run-options.ts';
import { runReplay } from './engine/run-replay.ts';
import { fetchObjectFromS3 } from './reading/s3-object.ts';
import { versionAttributeIn } from './freshness/version-attribute.ts';

export type ReplayHandlerOptions = HandlerOptions & {
  /**
   * The functions on Lambda whose pointers are run, each with the name of its consumer. Default: those of
   * `SPILLWAY_FUNCTIONS` (`shop-prod-orders=orders,shop-prod-totals=totals`, as the plugin sets it), else none: pointers stay.
   */
  readonly functions?: Readonly<Record<string, string>>;
  /** Default `fail`: a letter whose item has changed since goes back to the queue. */
  readonly ifStale?: IfStale;
  /** The filter of the mapping whose pointers are read. */
  readonly filter?: FilterCriteria;
  /** Told of what happens to each piece of work. */
  readonly onEvent?: (event: ReplayEvent) => void;
  /** Clients of your own. */
  readonly clients?: Omit<ReplayClients, 'sqs' | 'lambda'>;
};

/** A Lambda function for a queue of dead letters. */
export interface ReplayHandler {
  /** @throws InvalidEventError if the event is not one of SQS */
  (event: unknown, context: Context): Promise<SQSBatchResponse>;
  readonly routes: readonly RouteDescription[];
}

/**
 * Makes the Lambda function that works off a queue of dead letters: give its event source mapping `ReportBatchItemFailures`,
 * and enable it when what made the letters is mended. What is not settled goes back to the queue by itself; in a FIFO
 * queue nothing of its group runs behind it.
 * @param routers those of the function whose letters they are; of several functions that share the queue, by their consumers
 * @param options those of that function; `consumer` too, if it has one
 * @throws InvalidOptionError
 * @example export const handler = createReplayHandler(router, { consumer: 'orders' });
 * @example export const handler = createReplayHandler({ orders: orders.router, totals: totals.router });
 */
export function createReplayHandler(
  routers: Routers | RoutersOfConsumers,
  options: ReplayHandlerOptions = {},
): ReplayHandler {
  const { ifStale = 'fail', filter, onEvent = () => undefined, clients = {}, ...others } = options;
  const { functions, ...handlerOptions } = others;
  if (!['run', 'skip', 'fail'].includes(ifStale))
    throw new InvalidOptionError("createReplayHandler: \"ifStale\" must be 'run', 'skip' or 'fail'");
  const { routes, targetIn } = openConsumers(routers, handlerOptions, functionsOf(functions));
  const { concurrency = 10, deadlineMarginMs = 1_000 } = handlerOptions;
  const readMessage = createMessageReader({
    fetchObject: fetchObjectFromS3(clients.s3 === undefined ? {} : { client: clients.s3 }),
  });
  const judgeFreshness =
    ifStale === 'run'
      ? undefined
      : createFreshnessJudge({
          client: clients.dynamodb ?? new DynamoDBClient({ requestHandler: requestTimeouts }),
          versionAttributeOf: versionAttributeIn(routes),
        });

  const replay = async (event: unknown, context: Context): Promise<SQSBatchResponse> => {
    const queue = eventQueue(recordsIn(event));
    const runtime = systemRuntime;
    const deadline = stopInTime(context, deadlineMarginMs, runtime);
    try {
      await runReplay({
        queue,
        target: targetIn(context),
        readMessage,
        readRange: createRangeReader({
          ...(clients.streams && { client: clients.streams }),
          ...(filter && { filter }),
          runtime,
          signal: deadline.signal,
        }),
        judgeFreshness,
        ifStale,
        selection: {},
        concurrency,
        ratePerSecond: undefined,
        max: undefined,
        dryRun: false,
        visibilitySeconds: 43_200,
        expired: undefined,
        signal: deadline.signal,
        runtime,
        onEvent,
      });
    } finally {
      deadline.close();
    }
    return { batchItemFailures: queue.left().map((itemIdentifier) => ({ itemIdentifier })) };
  };
  return Object.assign(replay, { routes });
}

/** The handler heeds the time by itself; this keeps more from being sent to it. */
function stopInTime(context: Context, marginMs: number, runtime: Runtime) {
  const controller = new AbortController();
  const close = runtime.after(Math.max(0, context.getRemainingTimeInMillis() - marginMs), () =>
    controller.abort(),
  );
  return { signal: controller.signal, close };
}

function recordsIn(event: unknown): readonly SQSRecord[] {
  const records = isObject(event) ? event['Records'] : undefined;
  if (!Array.isArray(records) || !records.every(isSqsRecord))
    throw new InvalidEventError(
      'createReplayHandler makes a function for a queue, and what came is not an event of SQS; the function for the stream is that of createHandler',
    );
  return records;
}

const isSqsRecord = (record: unknown): record is SQSRecord =>
  isObject(record) && record['eventSource'] === 'aws:sqs' && typeof record['body'] === 'string';
