import type { Context } from 'aws-lambda';
import { createHandler } from '../create-handler.ts';
import { fromEnvironment } from '../environment.ts';
import { InvalidOptionError } from '../errors.ts';
import type { HandlerOptions } from '../handler-options.ts';
import type { RouteDescription } from '../routing/describe-routes.ts';
import type { AnyRouter } from '../routing/router.ts';
import { consumersTarget } from './target/consumers-target.ts';
import { handlerTarget } from './target/handler-target.ts';
import { namedConsumer } from './target/foresee-refusal.ts';
import { bareNameOf } from './target/of-function.ts';
import type { ReplayTarget } from './target/target.ts';

export type Routers = AnyRouter | readonly AnyRouter[];

/** Of consumers whose letters lie in one queue, by their names. */
export type RoutersOfConsumers = Readonly<Record<string, Routers>>;

/** Functions on Lambda, and of which consumer each is. */
export type Functions = ReadonlyMap<string, string>;

/** What a function replays with. */
export interface ReplayedConsumers {
  readonly routes: readonly RouteDescription[];
  readonly targetIn: (context: Context) => ReplayTarget;
}

/** @throws InvalidOptionError */
export const openConsumers = (
  routers: Routers | RoutersOfConsumers,
  options: HandlerOptions,
  functions: Functions,
): ReplayedConsumers =>
  areRouters(routers) ? ofOne(routers, options, functions) : ofSeveral(routers, options, functions);

/** Routers have methods; what stands for several consumers has names. */
const areRouters = (routers: Routers | RoutersOfConsumers): routers is Routers =>
  Array.isArray(routers) || ('close' in routers && typeof routers.close === 'function');

function ofOne(routers: Routers, options: HandlerOptions, functions: Functions): ReplayedConsumers {
  const handler = createHandler(routers, options);
  const consumer = namedConsumer(handler);
  // A consumer without a name of its own has its function's.
  const names = namesIn(functions, (name, ofConsumer) => ofConsumer === (consumer ?? name));
  return { routes: handler.routes, targetIn: (context) => handlerTarget(handler, { context }, names) };
}

function ofSeveral(
  consumers: RoutersOfConsumers,
  { consumer, ...options }: HandlerOptions,
  functions: Functions,
): ReplayedConsumers {
  if (consumer !== undefined || Object.keys(consumers).length === 0)
    throw new InvalidOptionError(
      'createReplayHandler: routers of several consumers stand beside their names ({ orders: router, totals: router }), ' +
        'at least one, and "consumer" is then not given',
    );
  const handlers = Object.entries(consumers).map(([name, routers]) => ({
    name,
    handler: createHandler(routers, { ...options, consumer: name }),
    functionNames: namesIn(functions, (_, ofConsumer) => ofConsumer === name),
  }));
  return {
    routes: handlers.flatMap(({ handler }) => handler.routes),
    targetIn: (context) =>
      consumersTarget(
        new Map(
          handlers.map(({ name, handler, functionNames }) => [
            name,
            handlerTarget(handler, { context }, functionNames),
          ]),
        ),
        (functionName) => functions.get(functionName),
      ),
  };
}

const namesIn = (
  functions: Functions,
  isMeant: (name: string, consumer: string) => boolean,
): readonly string[] => [...functions].flatMap(([name, consumer]) => (isMeant(name, consumer) ? [name] : []));

/**
 * As given, else of the environment: `shop-prod-orders=orders,shop-prod-totals=totals`. What a consumer's name has beside
 * letters, digits and `-_.!~*'()` is percent-encoded there: any name is allowed, with commas too.
 * @throws InvalidOptionError
 */
export function functionsOf(given: Readonly<Record<string, string>> | undefined): Functions {
  if (given !== undefined)
    return new Map(Object.entries(given).map(([name, consumer]) => [bareNameOf(name), consumer]));
  const pairs = (fromEnvironment('SPILLWAY_FUNCTIONS') ?? '').split(',').filter((text) => text.trim() !== '');
  return new Map(
    pairs.map((text) => {
      const [name = '', encoded = '', ...others] = text.split('=').map((part) => part.trim());
      const consumer = decoded(encoded);
      if (name === '' || consumer === '' || others.length > 0)
        throw new InvalidOptionError(
          'the environment variable SPILLWAY_FUNCTIONS must name functions and their consumers: shop-prod-orders=orders,shop-prod-totals=totals',
        );
      return [name, consumer] as const;
    }),
  );
}

/** Empty, as no name is, if it cannot be decoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
