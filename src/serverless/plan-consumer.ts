import type { EventConfig, ProviderConfig } from './framework.ts';
import { mappingModel } from './mapping/mapping-model.ts';
import { streamEvent } from './mapping/stream-event.ts';
import type { FunctionPlaces, PlaceSources, Use } from './resources/function-places.ts';
import { placesOf } from './resources/function-places.ts';
import { made } from './resources/made-resources.ts';
import type { LetterBucket, Statement } from './resources/rights.ts';
import { pointerRights, rightsOf } from './resources/rights.ts';
import type { ConsumerModel } from './rules/service-model.ts';
import type { SpillwayFunction } from './spillway-function.ts';
import { timeoutOf } from './spillway-function.ts';

/** What a function gets. */
export interface FunctionPlan {
  readonly name: string;
  readonly file: string;
  /** In the place of its spillway events, in their order. */
  readonly streams: readonly EventConfig[];
  /** Variables that are not written. */
  readonly environment: Readonly<Record<string, unknown>>;
  readonly statements: readonly Statement[];
  /** Besides, in a role of the function's own: into that of the service the framework writes them. */
  readonly mappingStatements: readonly Statement[];
}

export interface ConsumerPlan {
  readonly plan: FunctionPlan;
  readonly places: FunctionPlaces;
  readonly model: ConsumerModel;
}

/** @param sources with the variables that are written for this function */
export function planConsumer(
  one: SpillwayFunction,
  sources: PlaceSources,
  provider: ProviderConfig,
): ConsumerPlan {
  const { name, file, config, mappings } = one;
  const { routes, description } = one.handler;
  const { environment: given, settings } = sources;
  const places = placesOf(one, sources);
  const streams = mappings.map((mapping) => streamEvent({ ...mapping, routes, queue: places.pointers }));
  const { ledger, letterPlaces, order, concurrency, deadlineMarginMs, afterDeadLetter } = description;
  const ownConsumer = given['SPILLWAY_CONSUMER'];
  const consumer = defaultConsumer(one, places.ledger);
  const isOnOwnKey = [places.ledger, places.letters, places.pointers].some(
    (place) => typeof place === 'object' && isMade(place.id),
  );
  const environment = {
    ...(typeof places.ledger === 'object' && { SPILLWAY_LEDGER_TABLE: places.ledger.reference }),
    ...(typeof places.letters === 'object' && { SPILLWAY_DLQ_URL: places.letters.reference }),
    ...(description.consumer === undefined && { SPILLWAY_CONSUMER: consumer }),
  };
  return {
    places,
    plan: {
      name,
      file,
      streams,
      environment: withoutNames(environment, given),
      statements: rightsOf({
        ledgerArn: arnOf(places.ledger),
        letterQueueArn: arnOf(places.letters),
        bucket: letterBucket(letterPlaces),
        kmsKeyArn: isOnOwnKey ? settings.kmsKeyArn : undefined,
      }),
      mappingStatements: mappings.flatMap(({ given: options }) =>
        pointerRights(options['destinations'] === undefined ? places.pointers.arn : undefined),
      ),
    },
    model: {
      name,
      file,
      timeoutSeconds: timeoutOf(config, provider),
      consumer:
        description.consumer ??
        (ownConsumer === undefined ? consumer : typeof ownConsumer === 'string' ? ownConsumer : undefined),
      routes,
      deadlineMarginMs,
      order,
      concurrency,
      ledger: ledger === 'custom' ? undefined : ledger,
      deadLetters: description.deadLetters === 'off' ? 'off' : 'on',
      afterDeadLetter,
      mappings: mappings.map(({ table }, index) => mappingModel(table.model.id, streams[index] ?? {})),
    },
  };
}

/**
 * In a ledger of this stack the function's short name: it stays what it is when the service or the stage is renamed. In one
 * that others may share, the name that Lambda knows: two consumers of one name would take each other's work for done.
 */
const defaultConsumer = ({ name, config }: SpillwayFunction, ledger: Use): string =>
  typeof ledger === 'object' && ledger.isInStack ? name : (config.name ?? name);

export const isMade = (id: string): boolean => Object.values<string>(made).includes(id);

export const letterBucket = (
  places: SpillwayFunction['handler']['description']['letterPlaces'],
): LetterBucket | undefined =>
  places?.bucket === undefined ? undefined : { name: places.bucket, keyPrefix: places.keyPrefix ?? '' };

const arnOf = (use: Use): unknown => (typeof use === 'object' ? use.arn : undefined);

const withoutNames = (
  values: Readonly<Record<string, unknown>>,
  names: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => names[name] == null));
