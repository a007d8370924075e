import type { PlannedRoute } from './function-plan.ts';
import { orNotRun } from './not-run.ts';
import { own } from './json.ts';
import type { PlanOptions } from './plan-options.ts';
import { plannedApi } from './planned-api.ts';
import { kindOf } from './resource-kinds.ts';
import type { NotRun, PlannedApi } from './resource-plan.ts';
import { samApis, samApiType, samRoutes } from './sam-http-apis.ts';
import type { ResolvedTemplate } from './scope.ts';
import type { Resource, Template } from './template.ts';

export const apiType = 'AWS::ApiGatewayV2::Api';
export const routeType = 'AWS::ApiGatewayV2::Route';
export const integrationType = 'AWS::ApiGatewayV2::Integration';

export type RouteOrNot =
  | { readonly kind: 'route'; readonly route: PlannedRoute; readonly warnings: readonly string[] }
  | { readonly kind: 'not-run'; readonly notRun: NotRun };

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-api.html */
export const plannedApis = (resolved: ResolvedTemplate): readonly PlannedApi[] => [
  ...samApis(resolved),
  ...resolved.resources
    .filter(({ type, properties }) => type === apiType && own(properties, 'ProtocolType') === 'HTTP')
    .map(plannedApi),
];

/** Within the resources of an API, what Ref gives for one of them is its logical ID: AWS makes ids up. */
export function withApiIds({ resources }: Template, options: PlanOptions): PlanOptions {
  const ids = [...resources.values()]
    .filter(({ type }) => [apiType, integrationType, samApiType].includes(type))
    .map(({ logicalId }) => [logicalId, logicalId] as const);
  return { ...options, physicalNames: { ...Object.fromEntries(ids), ...options.physicalNames } };
}

/**
 * @param resolved with the options of `withApiIds`
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-route.html
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-integration.html
 */
export function plannedRoutes(resolved: ResolvedTemplate): readonly RouteOrNot[] {
  const apis = new Set(plannedApis(resolved).map(({ logicalId }) => logicalId));
  const routes = resolved.resources.filter(({ type }) => type === routeType);
  return [
    ...samRoutes(resolved),
    ...routes.map((resource) => orNotRun(resource, () => plannedRoute(resource, resolved, apis))),
  ];
}

function plannedRoute(resource: Resource, resolved: ResolvedTemplate, apis: ReadonlySet<string>): RouteOrNot {
  const { logicalId, type } = resource;
  const notRun = (reason: string): RouteOrNot => ({ kind: 'not-run', notRun: { logicalId, type, reason } });
  const properties = resolved.properties(resource);
  const apiLogicalId = properties.requiredText('ApiId');
  if (!apis.has(apiLogicalId)) return notRun(`its API ${apiLogicalId} is no HTTP API of this template`);

  const target = properties.text('Target')?.replace(/^integrations\//, '');
  const found = resolved.resources.find((each) => each.type === integrationType && each.logicalId === target);
  if (found === undefined) return notRun('it has no integration in this template');
  const integration = resolved.properties(found);
  const kind = integration.text('IntegrationSubtype') ?? integration.text('IntegrationType') ?? 'unknown';
  if (kind !== 'AWS_PROXY') return notRun(`its integration is ${kind}; only functions are called here`);
  const format = integration.text('PayloadFormatVersion') ?? 'not there';
  if (format !== '2.0') return notRun(`its payload format is ${format}; only 2.0 is spoken here`);

  const functionName = /:function:(?<name>[^:/]+)/.exec(integration.requiredText('IntegrationUri'))?.groups?.[
    'name'
  ];
  const invoked = resolved.resources.find(
    (each) => kindOf(each.type)?.kind === 'function' && resolved.nameOf(each) === functionName,
  );
  if (invoked === undefined)
    return notRun(
      `its integration is no function of this template (${functionName ?? 'no function at all'})`,
    );
  const authorization = properties.text('AuthorizationType') ?? 'NONE';
  return {
    kind: 'route',
    route: {
      logicalId,
      apiLogicalId,
      routeKey: properties.requiredText('RouteKey'),
      functionLogicalId: invoked.logicalId,
      timeoutMs: integration.number('TimeoutInMillis') ?? 30_000,
    },
    warnings:
      authorization === 'NONE'
        ? []
        : [`${logicalId} asks for authorization (${authorization}), and nobody is asked here.`],
  };
}
