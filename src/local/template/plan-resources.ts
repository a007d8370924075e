import { integrationType, plannedApis, routeType } from './http-apis.ts';
import type { PlanOptions } from './plan-options.ts';
import { plannedQueues } from './queues.ts';
import type { ResourceKind } from './resource-kinds.ts';
import { kindOf } from './resource-kinds.ts';
import type { ResourcePlan } from './resource-plan.ts';
import { resolvedTemplate } from './scope.ts';
import { plannedTable } from './tables.ts';
import type { Template } from './template.ts';
import { plannedTopic, subscriptionsOf } from './topics.ts';

/** Types that have no name of their own, but a place in the plans. */
const withoutName = ['AWS::Lambda::EventSourceMapping', 'AWS::SNS::Subscription', routeType, integrationType];

/**
 * The first of two steps: what is to be created, with names. It rests on names and ARNs only, which are known
 * beforehand; when everything has been created, `planFunctions` is told the rest.
 * @throws LocalStackError naming the place in the template of what cannot be resolved
 * @throws InvalidOptionError naming a parameter or a logical ID that the template does not have
 */
export function planResources(template: Template, options: PlanOptions): ResourcePlan {
  const resolved = resolvedTemplate(template, options, () => undefined);
  const { resources, nameOf } = resolved;
  const ofKind = (kind: ResourceKind) => resources.filter(({ type }) => kindOf(type)?.kind === kind);
  const subscribing = resources.filter(
    ({ type }) => type === 'AWS::SNS::Subscription' || type === 'AWS::SNS::Topic',
  );
  const apis = plannedApis(resolved);
  const isServed = (id: string) => apis.some(({ logicalId }) => logicalId === id);
  const subscriptions = subscribing.flatMap((resource) => subscriptionsOf(resource, resolved));
  return {
    tables: ofKind('table').map((resource) => plannedTable(resource, resolved)),
    queues: plannedQueues(ofKind('queue'), resolved),
    topics: ofKind('topic').map((resource) => plannedTopic(resource, resolved)),
    subscriptions: subscriptions.flatMap((found) =>
      found.kind === 'subscription' ? [found.subscription] : [],
    ),
    buckets: ofKind('bucket').map((resource) => ({ logicalId: resource.logicalId, name: nameOf(resource) })),
    apis,
    notRun: subscriptions.flatMap((found) => (found.kind === 'not-run' ? [found.notRun] : [])),
    notCreated: resources
      .filter(
        ({ logicalId, type }) =>
          kindOf(type) === undefined && !withoutName.includes(type) && !isServed(logicalId),
      )
      .map(({ logicalId, type }) => ({ logicalId, type })),
  };
}
