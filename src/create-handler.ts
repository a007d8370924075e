import type { Context } from 'aws-lambda';
import type { HandlerOptions } from './handler-options.ts';
import { checkHandlerOptions } from './handler-options.ts';
import { isLambda } from './environment.ts';
import { InvalidEventError, InvalidOptionError } from './errors.ts';
import type { DeadLetters } from './dead-letter/letter.ts';
import { sqsDeadLetters } from './dead-letter/sqs-dead-letters.ts';
import type { HandlerDescription } from './describe-handler.ts';
import { describeHandler } from './describe-handler.ts';
import { handleBatch } from './handle-batch.ts';
import { handleReplay } from './handle-replay.ts';
import type { Ledger } from './idempotency/session.ts';
import { ledgerOf } from './idempotency/ledger.ts';
import type { HandlerParts } from './open-invocation.ts';
import { routesOf } from './processing/tasks.ts';
import type { BatchResponse } from './reporting/batch-response.ts';
import { failureLog } from './reporting/failure-log.ts';
import { combineObservers } from './reporting/observers.ts';
import { isReplayEvent } from './reporting/read-replay-request.ts';
import type { RouteDescription } from './routing/describe-routes.ts';
import { describeRoutes } from './routing/describe-routes.ts';
import type { AnyRouter } from './routing/router.ts';
import type { Runtime } from './runtime.ts';
import { systemRuntime } from './runtime.ts';

/** The Lambda function, and what it was made of as plain data. */
export interface StreamHandler {
  /**
   * @throws InvalidEventError, ViewMismatchError, BrokenPromiseError: the batch fails and Lambda delivers it again
   */
  (event: unknown, context: Context): Promise<BatchResponse>;
  readonly routes: readonly RouteDescription[];
}

/** One that `createHandler` made, with what it was made with. */
export interface DescribedHandler extends StreamHandler {
  readonly description: HandlerDescription;
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
): DescribedHandler => createHandlerIn(systemRuntime, routers, options);

/** {@link createHandler} with a clock, chance and timers of one's own. */
export function createHandlerIn(
  runtime: Runtime,
  routers: AnyRouter | readonly AnyRouter[],
  options: HandlerOptions = {},
): DescribedHandler {
  const definitions = checkHandlerOptions(routers, options);
  const { order = 'item', concurrency = 10, log = writeToStandardOutput, observers = [] } = options;
  const parts: HandlerParts = {
    runtime,
    options,
    rules: { routers: definitions, routes: routesOf(definitions), order, concurrency },
    stores: atInitOrFirstUse(() => ({
      ledger: ledgerFrom(options),
      deadLetters: deadLettersFrom(options),
    })),
    observer: combineObservers(log === 'off' ? observers : [failureLog(log), ...observers]),
  };
  const handler = async function spillwayHandler(event: unknown, context: Context): Promise<BatchResponse> {
    if (Number.isNaN(Number((context as Partial<Context> | undefined)?.getRemainingTimeInMillis?.())))
      throw new InvalidEventError(
        'the function was called without a Lambda context, so its time is not known; in tests use lambdaContext() of spillway/testing',
      );
    return isReplayEvent(event) ? handleReplay(parts, event, context) : handleBatch(parts, event, context);
  };
  return Object.assign(handler, {
    routes: describeRoutes(definitions),
    description: describeHandler(options),
  });
}

/** Not `console.log`: Lambda would put its own words before the JSON. */
const writeToStandardOutput = (line: string): void => void process.stdout.write(`${line}\n`);

/** On Lambda a mistake in the environment shows at init; elsewhere a handler can be looked at without any. */
function atInitOrFirstUse<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined = isLambda() ? { value: make() } : undefined;
  return () => (made ??= { value: make() }).value;
}

function ledgerFrom({ ledger, afterDeadLetter }: HandlerOptions): Ledger | undefined {
  if (ledger === 'off') return undefined;
  const made = ledgerOf(ledger);
  if (afterDeadLetter === 'park-item' && made.items === undefined)
    throw new InvalidOptionError(
      "createHandler: afterDeadLetter: 'park-item' needs a ledger that remembers items: dynamoDBLedger(...), or memoryLedger() in tests",
    );
  return made;
}

const deadLettersFrom = ({ deadLetters }: HandlerOptions): DeadLetters | undefined =>
  deadLetters === 'off' ? undefined : (deadLetters ?? sqsDeadLetters());
