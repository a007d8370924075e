import type { RouteOrNot } from './http-apis.ts';
import { orNotRun } from './not-run.ts';
import { plannedApi } from './planned-api.ts';
import type { PlannedApi } from './resource-plan.ts';
import type { SamEvent } from './sam-events.ts';
import { samEventsOf } from './sam-events.ts';
import type { ResolvedTemplate } from './scope.ts';

export const samApiType = 'AWS::Serverless::HttpApi';

/** The one that SAM makes for the events that name none. */
const implicitApi = 'ServerlessHttpApi';

interface HttpEvent extends SamEvent {
  readonly functionLogicalId: string;
}

const httpEventsOf = (resolved: ResolvedTemplate): readonly HttpEvent[] =>
  resolved.resources.flatMap((resource) =>
    samEventsOf(resource, resolved)
      .filter(({ type }) => type === 'HttpApi')
      .map((event) => ({ ...event, functionLogicalId: resource.logicalId })),
  );

/** @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-httpapi.html */
export function samApis(resolved: ResolvedTemplate): readonly PlannedApi[] {
  const declared = resolved.resources.filter(({ type }) => type === samApiType);
  const isImplied = httpEventsOf(resolved).some(({ properties }) => properties.raw('ApiId') === undefined);
  return [...declared.map(plannedApi), ...(isImplied ? [{ logicalId: implicitApi, name: implicitApi }] : [])];
}

/** @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-httpapi.html */
export function samRoutes(resolved: ResolvedTemplate): readonly RouteOrNot[] {
  const apis = samApis(resolved);
  const isGuarded = (id: string) => resolved.template.resources.get(id)?.properties['Auth'] !== undefined;
  const routeOf = ({ logicalId, type, properties, functionLogicalId }: HttpEvent): RouteOrNot => {
    const notRun = (reason: string): RouteOrNot => ({ kind: 'not-run', notRun: { logicalId, type, reason } });
    const apiLogicalId = properties.text('ApiId') ?? implicitApi;
    if (!apis.some((api) => api.logicalId === apiLogicalId))
      return notRun(`its API ${apiLogicalId} is no HTTP API of this template`);
    const format = properties.text('PayloadFormatVersion') ?? '2.0';
    if (format !== '2.0') return notRun(`its payload format is ${format}; only 2.0 is spoken here`);
    const route = {
      logicalId,
      apiLogicalId,
      routeKey: routeKeyOf(properties),
      functionLogicalId,
      timeoutMs: properties.number('TimeoutInMillis') ?? 30_000,
    };
    const isOpen = properties.raw('Auth') === undefined && !isGuarded(apiLogicalId);
    return {
      kind: 'route',
      route,
      warnings: isOpen ? [] : [`${logicalId} asks for authorization, and nobody is asked here.`],
    };
  };
  return httpEventsOf(resolved).map((event) => orNotRun(event, () => routeOf(event)));
}

/** Without a path it is every path. */
function routeKeyOf(properties: SamEvent['properties']): string {
  const path = properties.text('Path');
  const method = properties.text('Method')?.toUpperCase();
  if (path === undefined) return '$default';
  return `${method === undefined || /^(?:\*|X-AMAZON-APIGATEWAY-ANY-METHOD)$/.test(method) ? 'ANY' : method} ${path}`;
}
