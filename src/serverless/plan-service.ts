import type { FrameworkService, Naming } from './framework.ts';
import type { FunctionPlan } from './plan-consumer.ts';
import { planConsumer } from './plan-consumer.ts';
import { planFindings } from './plan-findings.ts';
import type { PlannedConsumer } from './plan-replays.ts';
import { planReplays } from './plan-replays.ts';
import type { Resources } from './resources/intrinsic.ts';
import { ledgerResources, made, queueResources } from './resources/made-resources.ts';
import type { Finding } from './rules/finding.ts';
import { lint } from './rules/lint.ts';
import type { QueueModel, ReplayModel, TableModel } from './rules/service-model.ts';
import type { Settings } from './settings.ts';
import type { SpillwayFunction } from './spillway-function.ts';
import { givenEnvironment } from './spillway-function.ts';
import { watchService } from './watching/watch-service.ts';

/** What the plugin adds to a service, and what it has against it. Nothing is changed yet. */
export interface ServicePlan {
  readonly functions: readonly FunctionPlan[];
  /** Into the template. */
  readonly resources: Resources;
  /** The logical IDs of the mappings whose events are to be counted. */
  readonly counted: readonly string[];
  readonly findings: readonly Finding[];
}

export interface PlanParts {
  readonly service: FrameworkService;
  readonly functions: readonly SpillwayFunction[];
  readonly settings: Settings;
  readonly resources: Resources;
  readonly naming: Naming;
  readonly region: string;
}

export function planService({
  service,
  functions,
  settings,
  resources,
  naming,
  region,
}: PlanParts): ServicePlan {
  const { provider } = service;
  const consumers: readonly PlannedConsumer[] = functions.map((source) => {
    const environment = givenEnvironment(provider, source.config);
    return { source, ...planConsumer(source, { environment, settings, resources }, provider) };
  });
  const replays = planReplays(service, consumers, settings);
  const madeHere = madeFor(
    consumers,
    settings,
    replays.map(({ model }) => model),
  );
  const model = {
    consumers: consumers.map((one) => one.model),
    replays: replays.map((one) => one.model),
    tables: tablesOf(functions),
    queues: queuesIn({ ...resources, ...madeHere }),
  };
  const watching = watchService({
    service,
    consumers,
    replays,
    queues: model.queues,
    resources: { ...resources, ...madeHere },
    settings: settings.watching,
    naming,
    region,
  });
  const added = { ...madeHere, ...watching.resources };
  return {
    functions: [...consumers, ...replays].map(({ plan }) => plan),
    resources: added,
    counted: watching.counted,
    findings: [
      ...planFindings({ consumers, service, resources, added }),
      ...lint(model),
      ...watching.findings,
    ],
  };
}

/** What is used of what the plugin can make. */
function madeFor(
  consumers: readonly PlannedConsumer[],
  settings: Settings,
  replays: readonly ReplayModel[],
): Resources {
  const used = new Set(
    consumers.flatMap(({ places, model }) => [
      ...[places.ledger, places.letters].map((use) => (typeof use === 'object' ? use.id : use)),
      ...model.mappings.map(({ onFailureQueue }) => onFailureQueue),
    ]),
  );
  return {
    ...(used.has(made.queue) && queueResources(settings, visibilityFor(replays))),
    ...(used.has(made.ledgerTable) && ledgerResources(settings)),
  };
}

/** Six times the function's timeout, as AWS advises: below one timeout Lambda refuses the mapping.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
function visibilityFor(replays: readonly ReplayModel[]): number | undefined {
  const timeouts = replays.flatMap((one) => (one.queue === made.queue ? [one.timeoutSeconds] : []));
  return timeouts.length === 0 ? undefined : Math.max(...timeouts) * 6;
}

const tablesOf = (functions: readonly SpillwayFunction[]): readonly TableModel[] => [
  ...new Map(
    functions.flatMap(({ mappings }) => mappings.map(({ table }) => [table.model.id, table.model] as const)),
  ).values(),
];

/** SQS's own defaults. */
const defaultQueue = { retentionSeconds: 4 * 86_400, visibilitySeconds: 30 } as const;

function queuesIn(resources: Resources): readonly QueueModel[] {
  const number = (value: unknown, otherwise: number): number | undefined =>
    value === undefined ? otherwise : Number.isFinite(Number(value)) ? Number(value) : undefined;
  return Object.entries(resources).flatMap(([id, { Type: type, Properties: properties = {} }]) =>
    type === 'AWS::SQS::Queue'
      ? [
          {
            id,
            retentionSeconds: number(properties['MessageRetentionPeriod'], defaultQueue.retentionSeconds),
            visibilitySeconds: number(properties['VisibilityTimeout'], defaultQueue.visibilitySeconds),
          },
        ]
      : [],
  );
}
