import type { BasePersistenceLayer } from '@aws-lambda-powertools/idempotency/persistence';
import type { DeadLetters } from './dead-letter/letter.ts';
import { InvalidOptionError } from './errors.ts';
import type { Observer } from './processing/observer.ts';
import type { WriteLine } from './reporting/failure-log.ts';
import type { Classify } from './processing/verdict.ts';
import { isName } from './routing/check-route.ts';
import { checkNumber, checkRetry, shown } from './routing/check-option.ts';
import type { RetryOptions, RouterDefinition } from './routing/route.ts';
import type { AnyRouter } from './routing/router.ts';
import { isObject } from './stream/record.ts';

export interface HandlerOptions {
  /** Where it is remembered what was done: `dynamoDBLedger(...)` or any persistence layer of Powertools. Default `dynamoDBLedger()`. */
  readonly ledger?: BasePersistenceLayer | 'off';
  /** Where records go that cannot be handled. Default `sqsDeadLetters()`. Switched off, such a record stays in the stream. */
  readonly deadLetters?: DeadLetters | 'off';
  /**
   * What becomes of an item's later changes once one of them is a dead letter. `continue`: they are handled. `park-item`:
   * they follow it to the dead letters, in order, until a replay has settled them; needs a ledger and dead letters.
   * Default `continue`.
   */
  readonly afterDeadLetter?: 'continue' | 'park-item';
  /** Whose work it is: functions of one consumer share what was done. Default `SPILLWAY_CONSUMER`, else the function's name. */
  readonly consumer?: string;
  readonly retry?: RetryOptions;
  /** `item`: changes of one item in order, items side by side. `shard`: the whole batch in order. Default `item`. */
  readonly order?: 'item' | 'shard';
  /** How many items are worked on at once. 1 to 1,000, default 10. */
  readonly concurrency?: number;
  /** How long before Lambda's time-out handlers are told to stop; the response is given in half of that. 100 to 900,000, default 1,000. */
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

interface Rule {
  readonly allows: (value: unknown) => boolean;
  readonly allowed: string;
}

const has = (method: string) => (value: unknown) => isObject(value) && typeof value[method] === 'function';
const isFunction = (value: unknown): boolean => typeof value === 'function';

/** What each option may be. Retry and the numbers have checks of their own besides. */
const rules: Readonly<Record<keyof HandlerOptions, Rule>> = {
  ledger: {
    allows: (value) => value === 'off' || has('saveInProgress')(value),
    allowed: "dynamoDBLedger(...), a persistence layer of Powertools, or 'off'",
  },
  deadLetters: {
    allows: (value) => value === 'off' || has('send')(value),
    allowed: "sqsDeadLetters(...), an object with send(letter), or 'off'",
  },
  afterDeadLetter: {
    allows: (value) => value === 'continue' || value === 'park-item',
    allowed: "'continue' or 'park-item'",
  },
  consumer: {
    allows: isName,
    allowed: 'a string of 1 to 128 characters, none of them a control character',
  },
  retry: { allows: isObject, allowed: 'an object' },
  order: { allows: (value) => value === 'item' || value === 'shard', allowed: "'item' or 'shard'" },
  concurrency: { allows: () => true, allowed: 'a number' },
  deadlineMarginMs: { allows: () => true, allowed: 'a number' },
  classify: { allows: isFunction, allowed: 'a function' },
  observers: {
    allows: (value) => Array.isArray(value) && value.every(isObject),
    allowed: 'a list of observers',
  },
  log: {
    allows: (value) => value === 'off' || isFunction(value),
    allowed: "a function that takes a line, or 'off'",
  },
};

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
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name as keyof HandlerOptions] : undefined;
    if (rule === undefined)
      throw new InvalidOptionError(
        `createHandler: "${name}" is not an option; there are ${Object.keys(rules).join(', ')}`,
      );
    if (value !== undefined && !rule.allows(value))
      throw new InvalidOptionError(`createHandler: "${name}" must be ${rule.allowed}, got ${shown(value)}`);
  }
  if (options['afterDeadLetter'] === 'park-item')
    for (const name of ['ledger', 'deadLetters'])
      if (options[name] === 'off')
        throw new InvalidOptionError(
          `createHandler: afterDeadLetter: 'park-item' cannot be with "${name}" switched off: ${
            name === 'ledger' ? 'what is parked is remembered there' : 'that is where changes are parked'
          }`,
        );
  checkRetry('createHandler', options['retry']);
  checkNumber('createHandler: "concurrency"', options['concurrency'], { least: 1, most: 1_000, whole: true });
  checkNumber('createHandler: "deadlineMarginMs"', options['deadlineMarginMs'], {
    least: 100,
    most: 900_000,
    whole: false,
  });
  return definitions;
}

function definitionOf(router: AnyRouter): RouterDefinition {
  if (!has('close')(router))
    throw new InvalidOptionError(
      'createHandler: the first argument must be a router of createRouter(), or several',
    );
  return router.close();
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
