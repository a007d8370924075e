import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { DeadLetters } from './dead-letter/letter.ts';
import { InvalidOptionError } from './errors.ts';
import type { Observer } from './processing/observer.ts';
import type { WriteLine } from './reporting/failure-log.ts';
import type { Classify } from './processing/verdict.ts';
import { checkNumber, checkRetry } from './routing/retry-options.ts';
import type { RetryOptions, RouterDefinition } from './routing/route.ts';
import type { AnyRouter } from './routing/router.ts';
import { isObject } from './stream/record.ts';

export interface HandlerOptions {
  /** Where it is remembered what was done: `dynamoDBLedger(...)` or any persistence layer of Powertools. Default `dynamoDBLedger()`. */
  readonly ledger?: BasePersistenceLayer | 'off';
  /** Where records go that cannot be handled. Default `sqsDeadLetters()`. Switched off, such a record stays in the stream. */
  readonly deadLetters?: DeadLetters | 'off';
  /** Whose work it is: functions of one consumer share what was done. Default `SPILLWAY_CONSUMER`, else the function's name. */
  readonly consumer?: string;
  readonly retry?: RetryOptions;
  /** `item`: changes of one item in order, items side by side. `shard`: the whole batch in order. Default `item`. */
  readonly order?: 'item' | 'shard';
  /** How many items are worked on at once. 1 to 1,000, default 10. */
  readonly concurrency?: number;
  /** How long before Lambda's time-out handlers are told to stop; the response is given in half of that. Default 1,000. */
  readonly deadlineMarginMs?: number;
  /** Moves an error to another row of the table of errors. */
  readonly classify?: Classify;
  /** Told of what happens, beside the log. */
  readonly observers?: readonly Observer[];
  /**
   * Takes one line of JSON for each failure, and one for each batch that had any; no attribute values are in them.
   * Default: standard output, which on Lambda is CloudWatch.
   */
  readonly log?: WriteLine | 'off';
}

const names: readonly (keyof HandlerOptions)[] = [
  'ledger',
  'deadLetters',
  'consumer',
  'retry',
  'order',
  'concurrency',
  'deadlineMarginMs',
  'classify',
  'observers',
  'log',
];

/**
 * @returns the routers' definitions
 * @throws InvalidOptionError that names the option, what was given and what is allowed
 */
export function checkHandlerOptions(
  routers: AnyRouter | readonly AnyRouter[],
  options: unknown,
): readonly RouterDefinition[] {
  const definitions = [routers].flat().map(definitionOf);
  checkRoutes(definitions);
  if (!isObject(options)) throw new InvalidOptionError('createHandler: the options must be an object');
  const unknown = Object.keys(options).find((name) => !names.includes(name as keyof HandlerOptions));
  if (unknown !== undefined)
    throw new InvalidOptionError(
      `createHandler: "${unknown}" is not an option; there are ${names.join(', ')}`,
    );
  const problem = problemOf(options);
  if (problem !== undefined) throw new InvalidOptionError(`createHandler: ${problem}`);
  checkRetry('createHandler', options['retry']);
  checkNumber('createHandler: "concurrency"', options['concurrency'], { least: 1, most: 1_000, whole: true });
  checkNumber('createHandler: "deadlineMarginMs"', options['deadlineMarginMs'], {
    least: 0,
    most: 900_000,
    whole: false,
  });
  return definitions;
}

function definitionOf(router: unknown): RouterDefinition {
  const definition = isObject(router) ? router['definition'] : undefined;
  if (!isObject(definition))
    throw new InvalidOptionError(
      'createHandler: the first argument must be a router of createRouter(), or several',
    );
  return definition as unknown as RouterDefinition;
}

function checkRoutes(definitions: readonly RouterDefinition[]): void {
  const routes = definitions.flatMap((definition) => definition.routes.map(({ name }) => name));
  if (routes.length === 0)
    throw new InvalidOptionError(
      'createHandler: there is no route, so every record would be passed over; declare them before createHandler is called',
    );
  const twice = routes.find((name, index) => routes.indexOf(name) !== index);
  if (twice !== undefined)
    throw new InvalidOptionError(
      `createHandler: two routers have a route "${twice}"; its name is its identity in the ledger, so it must be unique`,
    );
}

function problemOf({
  ledger,
  deadLetters,
  consumer,
  order,
  classify,
  observers,
  log,
}: Readonly<Record<string, unknown>>): string | undefined {
  if (ledger !== undefined && ledger !== 'off' && !has(ledger, 'saveInProgress'))
    return `"ledger" must be dynamoDBLedger(...), a persistence layer of Powertools, or 'off'`;
  if (deadLetters !== undefined && deadLetters !== 'off' && !has(deadLetters, 'send'))
    return `"deadLetters" must be sqsDeadLetters(...), an object with send(letter), or 'off'`;
  if (
    consumer !== undefined &&
    (typeof consumer !== 'string' || consumer.trim() === '' || consumer.length > 128)
  )
    return '"consumer" must be a string of 1 to 128 characters';
  if (order !== undefined && order !== 'item' && order !== 'shard')
    return `"order" must be 'item' or 'shard', got ${JSON.stringify(order)}`;
  if (classify !== undefined && typeof classify !== 'function') return '"classify" must be a function';
  if (observers !== undefined && !(Array.isArray(observers) && observers.every(isObject)))
    return '"observers" must be a list of observers';
  if (log !== undefined && log !== 'off' && typeof log !== 'function')
    return '"log" must be a function that takes a line, or \'off\'';
  return undefined;
}

const has = (value: unknown, method: string): boolean =>
  isObject(value) && typeof value[method] === 'function';
