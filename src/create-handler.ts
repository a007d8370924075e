import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';
import type { HandlerOptions } from './handler-options.ts';
import { checkHandlerOptions } from './handler-options.ts';
import { fromEnvironment, isLambda } from './environment.ts';
import { InvalidEventError } from './errors.ts';
import type { DeadLetters } from './dead-letter/letter.ts';
import { writeLetter } from './dead-letter/letter.ts';
import { sqsDeadLetters } from './dead-letter/sqs-dead-letters.ts';
import { dynamoDBLedger } from './idempotency/dynamodb-ledger.ts';
import type { Ledger } from './idempotency/session.ts';
import { ledgerOf } from './idempotency/ledger.ts';
import { closeSession } from './processing/close-session.ts';
import { createDeadline } from './processing/deadline.ts';
import type { Invocation } from './processing/invocation.ts';
import type { OutcomeName } from './processing/outcome.ts';
import { defaultRetry, mergeRetry } from './processing/retry.ts';
import { runBatch } from './processing/run-batch.ts';
import { routesOf } from './processing/tasks.ts';
import { StreamBatchProcessor } from './processing/stream-batch-processor.ts';
import type { BatchResponse } from './reporting/batch-response.ts';
import { checkedResponse } from './reporting/batch-response.ts';
import { failureLog } from './reporting/failure-log.ts';
import { combineObservers, countOutcomes } from './reporting/observers.ts';
import type { RouteDescription } from './routing/describe-routes.ts';
import { describeRoutes } from './routing/describe-routes.ts';
import type { AnyRouter } from './routing/router.ts';
import type { Runtime } from './runtime.ts';
import { systemRuntime } from './runtime.ts';
import { readEvent } from './stream/read-event.ts';
import { sequenceNumberOf } from './stream/read-record.ts';

/** The Lambda function, and what it was made of as plain data. */
export interface StreamHandler {
  /**
   * @throws InvalidEventError, ViewMismatchError, BrokenPromiseError: the batch fails and Lambda delivers it again
   */
  (event: unknown, context: Context): Promise<BatchResponse>;
  readonly routes: readonly RouteDescription[];
}

/**
 * Makes the Lambda function of one or several routers.
 * @throws InvalidOptionError for a wrong option, a route name used twice, or routers without a route
 * @throws MissingEnvironmentError on Lambda, if a default rests on a variable that is not set
 * @example export const handler = createHandler(router);
 */
export const createHandler = (
  routers: AnyRouter | readonly AnyRouter[],
  options: HandlerOptions = {},
): StreamHandler => createHandlerIn(systemRuntime, routers, options);

/** {@link createHandler} with a clock, chance and timers of one's own. */
export function createHandlerIn(
  runtime: Runtime,
  routers: AnyRouter | readonly AnyRouter[],
  options: HandlerOptions = {},
): StreamHandler {
  const definitions = checkHandlerOptions(routers, options);
  const routes = routesOf(definitions);
  const { order = 'item', concurrency = 10, deadlineMarginMs = 1_000, classify } = options;
  const retry = mergeRetry(defaultRetry, options.retry);

  const { log = writeToStandardOutput, observers = [] } = options;
  const observer = combineObservers(log === 'off' ? observers : [failureLog(log), ...observers]);
  const stores = atInitOrFirstUse(() => ({
    ledger: ledgerFrom(options),
    deadLetters: deadLettersFrom(options),
  }));

  const handler = async function spillwayHandler(event: unknown, context: Context): Promise<BatchResponse> {
    const records = readEvent(event);
    if (Number.isNaN(Number((context as Partial<Context> | undefined)?.getRemainingTimeInMillis?.())))
      throw new InvalidEventError(
        'the function was called without a Lambda context, so its time is not known; in tests use lambdaContext() of spillway/testing',
      );
    const startedAt = runtime.now();
    const { ledger, deadLetters } = stores();
    const deadline = createDeadline(runtime, context, deadlineMarginMs);
    const consumer = options.consumer ?? fromEnvironment('SPILLWAY_CONSUMER') ?? context.functionName;
    const session = ledger?.open({
      consumer,
      eventSourceArn: records[0]?.eventSourceARN ?? '',
      sequenceNumbers: records.map(sequenceNumberOf),
      runtime,
      untilTimeoutMs: () => deadline.untilTimeoutMs(),
      signal: deadline.signal,
    });
    const invocation: Invocation = {
      consumer,
      lambda: context,
      runtime,
      deadline,
      ledger: session,
      ledgerAhead: ledger?.ahead ?? 0,
      sendLetter:
        deadLetters && ((undeliverable) => deadLetters.send(writeLetter(undeliverable, runtime.now()))),
      retry,
      classify,
      isReplay: false,
      observer,
    };
    let outcomes: readonly OutcomeName[] = [];
    try {
      const processor = new StreamBatchProcessor(async (batch) => {
        outcomes = await runBatch(batch, { routers: definitions, routes, order, concurrency }, invocation);
        return outcomes;
      });
      processor.register([...records], () => undefined, {
        throwOnFullBatchFailure: false,
        // How the records run is the processor's own business; this is how their results are asked for.
        processInParallel: false,
      });
      await processor.process();
      const response = checkedResponse(processor.response(), records, outcomes);
      const checkpoint = response.batchItemFailures[0]?.itemIdentifier;
      await closeSession(checkpoint, invocation);
      observer.onBatch({
        consumer,
        requestId: context.awsRequestId,
        records: records.length,
        counts: countOutcomes(outcomes),
        durationMs: runtime.now() - startedAt,
        checkpoint,
      });
      return response;
    } finally {
      session?.abandon();
      deadline.close();
    }
  };
  return Object.assign(handler, { routes: describeRoutes(definitions) });
}

/** Not `console.log`: Lambda would put its own words before the JSON. */
const writeToStandardOutput = (line: string): void => void process.stdout.write(`${line}\n`);

/** On Lambda a mistake in the environment shows at init; elsewhere a handler can be looked at without any. */
function atInitOrFirstUse<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined = isLambda() ? { value: make() } : undefined;
  return () => (made ??= { value: make() }).value;
}

function ledgerFrom({ ledger }: HandlerOptions): Ledger | undefined {
  if (ledger === 'off') return undefined;
  const layer: BasePersistenceLayer = ledger ?? dynamoDBLedger();
  return ledgerOf(layer);
}

const deadLettersFrom = ({ deadLetters }: HandlerOptions): DeadLetters | undefined =>
  deadLetters === 'off' ? undefined : (deadLetters ?? sqsDeadLetters());
