import type { HttpApi, HttpApiParts } from '../http/start-http-api.ts';
import { startHttpApi } from '../http/start-http-api.ts';
import type { FunctionPlan } from '../template/function-plan.ts';
import type { AttributeOf } from '../template/plan-options.ts';
import type { PlannedApi } from '../template/resource-plan.ts';
import type { ServiceFunctions } from './service-functions.ts';

/** The HTTP APIs of a service, by logical ID. One that stays keeps its port. */
export interface ServiceApis {
  /** Starts what is new. Without routes it answers that nothing is found. */
  readonly open: (planned: readonly PlannedApi[]) => Promise<void>;
  /** What creation brought to light: `ApiEndpoint`. */
  readonly attributeOf: AttributeOf;
  /** Brings requests to these functions from now on, and ends the APIs that are no longer there. */
  readonly apply: (plan: FunctionPlan, planned: readonly PlannedApi[]) => Promise<void>;
  readonly urls: () => ReadonlyMap<string, string>;
  readonly stop: HttpApi['stop'];
}

export interface ServiceApisParts extends Pick<HttpApiParts, 'accountId' | 'onRequest' | 'onError'> {
  readonly invokerOf: ServiceFunctions['invokerOf'];
}

export function createServiceApis({ invokerOf, ...parts }: ServiceApisParts): ServiceApis {
  const apis = new Map<string, HttpApi>();

  const routesOf = ({ routes, functions }: FunctionPlan, apiId: string) => {
    const names = new Map(functions.map(({ logicalId, name }) => [logicalId, name]));
    return routes
      .filter(({ apiLogicalId }) => apiLogicalId === apiId)
      .map(({ routeKey, functionLogicalId, timeoutMs }) => ({
        routeKey,
        target: {
          functionName: names.get(functionLogicalId) ?? functionLogicalId,
          invoke: invokerOf(functionLogicalId),
          timeoutMs,
        },
      }));
  };

  return {
    open: async (planned) => {
      for (const { logicalId } of planned)
        if (!apis.has(logicalId)) apis.set(logicalId, await startHttpApi({ ...parts, apiId: logicalId }));
    },
    attributeOf: (logicalId, attribute) =>
      attribute === 'ApiEndpoint' ? apis.get(logicalId)?.url : undefined,
    apply: async (plan, planned) => {
      for (const [apiId, api] of apis) {
        if (planned.some(({ logicalId }) => logicalId === apiId)) api.setRoutes(routesOf(plan, apiId));
        else {
          apis.delete(apiId);
          await api.stop();
        }
      }
    },
    urls: () => new Map([...apis].map(([logicalId, { url }]) => [logicalId, url])),
    stop: async (how) => {
      await Promise.all([...apis.values()].map((api) => api.stop(how)));
    },
  };
}
