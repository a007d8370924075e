import { createHandler } from '../../../src/create-handler.ts';
import type { HandlerOptions } from '../../../src/handler-options.ts';
import { anyItem } from '../../../src/routing/entity.ts';
import { createRouter } from '../../../src/routing/router.ts';
import type { FrameworkService, FunctionConfig } from '../../../src/serverless/framework.ts';
import { findTable } from '../../../src/serverless/mapping/table-source.ts';
import type { ServicePlan } from '../../../src/serverless/plan-service.ts';
import { planService } from '../../../src/serverless/plan-service.ts';
import type { Resources } from '../../../src/serverless/resources/intrinsic.ts';
import { readSettings } from '../../../src/serverless/settings.ts';
import type { SpillwayFunction } from '../../../src/serverless/spillway-function.ts';

export const Shop = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'Shop',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
  },
};
export const Letters = { Type: 'AWS::SQS::Queue', Properties: {} };

export interface Given {
  readonly options?: HandlerOptions;
  readonly event?: Readonly<Record<string, unknown>>;
  /** Besides: mappings of other tables. */
  readonly moreEvents?: readonly Readonly<Record<string, unknown>>[];
  readonly config?: FunctionConfig;
  readonly custom?: Readonly<Record<string, unknown>>;
  readonly resources?: Resources;
  readonly others?: Readonly<Record<string, FunctionConfig>>;
  /** A second consumer, `totals`, with the same handler and events. */
  readonly second?: FunctionConfig;
  readonly provider?: object;
}

/** As the framework names, for plain names. */
export const naming = {
  getRoleLogicalId: () => 'Role',
  getNormalizedFunctionName: (name: string) => name.charAt(0).toUpperCase() + name.slice(1),
  getLambdaLogicalId: (name: string) => `${naming.getNormalizedFunctionName(name)}LambdaFunction`,
  getStreamLogicalId: (name: string, type: string, stream: string) =>
    `${naming.getNormalizedFunctionName(name)}EventSourceMapping${naming.getNormalizedFunctionName(type)}${stream}`,
};

export interface Planned extends ServicePlan {
  readonly service: FrameworkService;
}

/** The plan of a service with a consumer, `orders`. */
export function planOf(given: Given = {}): Planned {
  const resources = { Shop, ...given.resources };
  const events = [{ table: 'Shop', ...given.event }, ...(given.moreEvents ?? [])];
  const config: FunctionConfig = {
    events: events.map((event) => ({ spillway: event })),
    ...given.config,
  };
  const service: FrameworkService = {
    provider: { name: 'aws', timeout: 30, ...given.provider },
    functions: { orders: config, ...(given.second && { totals: given.second }), ...given.others },
    resources: { Resources: resources },
  };
  const { routes, description } = createHandler(
    createRouter().onInsert('one', anyItem(), () => undefined),
    given.options,
  );
  const mappings = events.map(({ table, ...options }: Readonly<Record<string, unknown>>) => {
    const source = findTable(table, resources);
    if ('rule' in source) throw new Error(source.message);
    return { table: source, given: options };
  });
  const one: SpillwayFunction = {
    name: 'orders',
    file: 'handlers/orders.ts',
    config,
    handler: { routes, description },
    mappings,
  };
  const functions = [one, ...(given.second ? [{ ...one, name: 'totals', config: given.second }] : [])];
  const { settings } = readSettings(given.custom, resources);
  const region = 'eu-central-1';
  return { ...planService({ service, functions, settings, resources, naming, region }), service };
}
