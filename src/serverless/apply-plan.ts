import { isObject } from '../stream/record.ts';
import type { EventConfig, Framework, FunctionConfig, ResourceConfig } from './framework.ts';
import type { FunctionPlan } from './plan-consumer.ts';
import type { ServicePlan } from './plan-service.ts';
import type { Statement } from './resources/rights.ts';
import { tracingRights } from './resources/rights.ts';

export interface ApplyOptions {
  /** Whether the functions are traced that do not say it themselves. */
  readonly tracing: boolean;
}

/**
 * Writes a plan into the framework's configuration, out of which its own steps make the template. This, `grantRights`
 * and `countEvents` are the only places where the plugin changes what is not its own.
 */
export function applyPlan(
  { service, pluginManager }: Framework,
  { functions, resources }: ServicePlan,
  { tracing }: ApplyOptions,
): void {
  const hasRoles = usesRolesPerFunction(pluginManager.plugins);
  for (const plan of functions) {
    const config = service.functions[plan.name];
    if (config === undefined) continue;
    config.events = withStreams(config.events ?? [], plan.streams);
    config.environment = { ...config.environment, ...plan.environment };
    if (tracing) config.tracing ??= 'Active';
    if (hasRoles && config.role === undefined) grantInOwnRole(config, plan);
  }
  service.resources ??= {};
  service.resources.Resources = { ...service.resources.Resources, ...resources };
}

function withStreams(events: readonly EventConfig[], streams: readonly EventConfig[]): EventConfig[] {
  const left = streams.values();
  return events.map((event) =>
    Object.hasOwn(event, 'spillway') ? { stream: left.next().value ?? {} } : event,
  );
}

/** The plugin serverless-iam-roles-per-function, known by its class. */
export const usesRolesPerFunction = (plugins: readonly unknown[]): boolean =>
  plugins.some(
    (plugin) => isObject(plugin) && /IamPerFunction|IamRolesPerFunction/i.test(plugin.constructor.name),
  );

/**
 * What was the service's stays: a function without statements of its own had the service's, and would lose them by getting
 * its first. To read the stream or the queue of its events is what that plugin allows by itself.
 */
function grantInOwnRole(config: FunctionConfig, { statements, mappingStatements }: FunctionPlan): void {
  const own: readonly unknown[] = Array.isArray(config.iamRoleStatements) ? config.iamRoleStatements : [];
  if (own.length === 0) config.iamRoleStatementsInherit ??= true;
  const isTraced = config.tracing !== undefined && config.tracing !== false;
  config.iamRoleStatements = [
    ...own,
    ...distinct([...statements, ...mappingStatements]),
    ...(isTraced ? [tracingRights] : []),
  ];
}

const distinct = (statements: readonly Statement[]): readonly Statement[] => [
  ...new Map(statements.map((one) => [JSON.stringify(one), one])).values(),
];

/** Adds the rights to the role that the framework has made for the service, once each, if it has made one. */
export function grantRights(framework: Framework, { functions }: ServicePlan): void {
  const { service, pluginManager } = framework;
  if (usesRolesPerFunction(pluginManager.plugins)) return;
  const roleId = framework.getProvider('aws').naming.getRoleLogicalId();
  const statements = statementsOf(service.provider.compiledCloudFormationTemplate?.Resources[roleId]);
  if (statements === undefined) return;
  const users = functions.filter(({ name }) => service.functions[name]?.role === undefined);
  statements.push(...distinct(users.flatMap((plan) => plan.statements)));
}

/** The list itself: the framework adds to it too. */
function statementsOf(role: ResourceConfig | undefined): Statement[] | undefined {
  const policies: unknown = role?.Properties?.['Policies'];
  const [policy] = Array.isArray(policies) ? (policies as readonly unknown[]) : [];
  const document = isObject(policy) ? policy['PolicyDocument'] : undefined;
  const statements = isObject(document) ? document['Statement'] : undefined;
  return Array.isArray(statements) ? (statements as Statement[]) : undefined;
}

/**
 * Has Lambda count what becomes of a mapping's events, for which the framework has no option.
 * @throws the framework's error if it has named a mapping otherwise: alarms would refer to nothing
 */
export function countEvents({ service, classes }: Framework, { counted }: ServicePlan): void {
  const resources = service.provider.compiledCloudFormationTemplate?.Resources ?? {};
  for (const logicalId of counted) {
    const mapping = resources[logicalId];
    if (mapping === undefined)
      throw new classes.Error(
        `spillway: the framework has made no mapping "${logicalId}", to which alarms and dashboard refer. ` +
          'Set custom.spillway.alarms and custom.spillway.dashboard to false, and tell us.',
        'SPILLWAY_MAPPING',
      );
    const counting = { MetricsConfig: { Metrics: ['EventCount'] }, ...mapping.Properties };
    resources[logicalId] = { ...mapping, Properties: counting };
  }
}
