import type { EventConfig } from '../framework.ts';
import { routesOfTable, patternsFor } from '../patterns/patterns-for.ts';
import type { Place } from '../resources/place.ts';
import type { RouteDescription } from '../../routing/describe-routes.ts';
import { retryBounds } from './bounds.ts';
import type { TableSource } from './table-source.ts';

/** A spillway event as it is written, without its table. */
export type GivenOptions = EventConfig;

export interface StreamEventParts {
  readonly table: TableSource;
  readonly routes: readonly RouteDescription[];
  /** Where the pointers go, unless `given` says. */
  readonly queue: Place;
  readonly given: GivenOptions;
}

/** The stream event that the framework compiles. What is given wins, property by property. */
export function streamEvent({ table, routes, queue, given }: StreamEventParts): EventConfig {
  const { model, streamArn } = table;
  const { patterns } = patternsFor(routesOfTable(routes, model.name), { view: model.view, keys: model.keys });
  return {
    type: 'dynamodb',
    arn: streamArn,
    batchSize: 100,
    // LATEST would miss what is written while the mapping is being made.
    startingPosition: 'TRIM_HORIZON',
    functionResponseType: 'ReportBatchItemFailures',
    bisectBatchOnFunctionError: true,
    ...retryBounds,
    destinations: { onFailure: { type: 'sqs', arn: queue.arn } },
    ...(patterns.length > 0 && { filterPatterns: patterns }),
    ...given,
  };
}
