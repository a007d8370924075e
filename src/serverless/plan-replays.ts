import { isObject } from '../stream/record.ts';
import type { FrameworkService, FunctionConfig } from './framework.ts';
import type { ConsumerPlan, FunctionPlan } from './plan-consumer.ts';
import { isMade, letterBucket } from './plan-consumer.ts';
import type { TableSource } from './mapping/table-source.ts';
import { idOf, referenceIn } from './resources/intrinsic.ts';
import type { Use } from './resources/function-places.ts';
import type { Place } from './resources/place.ts';
import { replayRights, rightsOf } from './resources/rights.ts';
import type { ReplayModel } from './rules/service-model.ts';
import type { Settings } from './settings.ts';
import type { SpillwayFunction } from './spillway-function.ts';
import { givenEnvironment, timeoutOf } from './spillway-function.ts';

/** A consumer, with the function that it was made of. */
export interface PlannedConsumer extends ConsumerPlan {
  readonly source: SpillwayFunction;
}

export interface ReplayPlan {
  readonly plan: FunctionPlan;
  readonly model: ReplayModel;
}

/**
 * The functions at a queue to which consumers send letters or pointers: those of `createReplayHandler`. They do the work of
 * these consumers, so they get their ledger and queue, the consumer's name if there is only one that it can be, and the
 * names of the functions whose pointers these are.
 */
export function planReplays(
  { functions, provider }: FrameworkService,
  consumers: readonly PlannedConsumer[],
  { kmsKeyArn }: Settings,
): readonly ReplayPlan[] {
  return Object.entries(functions).flatMap(([name, config]) => {
    const queue = queuesOf(config).find((id) => consumers.some((one) => sendsTo(one, id)));
    if (queue === undefined) return [];
    const served = consumers.filter((one) => sendsTo(one, queue));
    const ledger = onlyOne(served.map(({ places }) => places.ledger));
    const letters = onlyOne(served.map(({ places }) => places.letters));
    const [only, ...others] = [...new Set(served.map(({ model }) => model.consumer))];
    const given = givenEnvironment(provider, config);
    const environment = {
      ...(ledger !== undefined && { SPILLWAY_LEDGER_TABLE: ledger.reference }),
      ...(letters !== undefined && { SPILLWAY_DLQ_URL: letters.reference }),
      ...(others.length === 0 && only !== undefined && { SPILLWAY_CONSUMER: only }),
      SPILLWAY_FUNCTIONS: functionsText(served),
    };
    const tables = distinctTables(served.flatMap(({ source }) => source.mappings.map(({ table }) => table)));
    const file = config.handler ?? name;
    const plan: FunctionPlan = {
      name,
      file,
      streams: [],
      environment: Object.fromEntries(Object.entries(environment).filter(([key]) => given[key] == null)),
      statements: [
        ...rightsOf({
          ledgerArn: ledger?.arn,
          letterQueueArn: letters?.arn,
          bucket: undefined,
          kmsKeyArn: isMade(queue) || isMade(ledger?.id ?? '') ? kmsKeyArn : undefined,
        }),
        ...replayRights({
          tableArns: tables.flatMap(({ tableArn }) => (tableArn === undefined ? [] : [tableArn])),
          streamArns: tables.map(({ streamArn }) => streamArn),
          buckets: served.flatMap(
            ({ source }) => letterBucket(source.handler.description.letterPlaces) ?? [],
          ),
        }),
      ],
      mappingStatements: [],
    };
    return [{ plan, model: { name, file, timeoutSeconds: timeoutOf(config, provider), queue } }];
  });
}

/** As `createReplayHandler` reads it: a consumer's name may hold commas. */
const functionsText = (served: readonly PlannedConsumer[]): string =>
  served
    .flatMap(({ source: { name, config }, model: { consumer } }) =>
      consumer === undefined ? [] : [`${config.name ?? name}=${encodeURIComponent(consumer)}`],
    )
    .join(',');

const queuesOf = ({ events }: FunctionConfig): readonly string[] =>
  (events ?? []).flatMap(({ sqs }) => {
    const arn = isObject(sqs) && 'arn' in sqs ? sqs['arn'] : sqs;
    return arn === undefined ? [] : [referenceIn(arn)?.logicalId ?? idOf(arn)];
  });

const sendsTo = ({ places, model }: PlannedConsumer, queue: string): boolean =>
  (typeof places.letters === 'object' && places.letters.id === queue) ||
  model.mappings.some(({ onFailureQueue }) => onFailureQueue === queue);

const distinctTables = (tables: readonly TableSource[]): readonly TableSource[] => [
  ...new Map(tables.map((table) => [table.model.id, table])).values(),
];

/** Of consumers that use several nobody knows which is meant: without its variable the function says so when it starts. */
function onlyOne(uses: readonly Use[]): Place | undefined {
  const [one, ...others] = new Map(
    uses.flatMap((use) => (typeof use === 'object' ? [[use.id, use] as const] : [])),
  ).values();
  return others.length === 0 ? one : undefined;
}
