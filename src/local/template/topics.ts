import type { Properties } from './properties.ts';
import { asJson } from './queues.ts';
import type { NotRun, PlannedSubscription, PlannedTopic } from './resource-plan.ts';
import type { ResolvedTemplate } from './scope.ts';
import type { Resource } from './template.ts';

const topicAttributes = ['DisplayName', 'ContentBasedDeduplication'] as const;
const subscriptionAttributes = [
  'RawMessageDelivery',
  'FilterPolicy',
  'FilterPolicyScope',
  'RedrivePolicy',
] as const;

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-topic.html */
export function plannedTopic(resource: Resource, resolved: ResolvedTemplate): PlannedTopic {
  const properties = resolved.properties(resource);
  return {
    logicalId: resource.logicalId,
    name: resolved.nameOf(resource),
    attributes: {
      ...(properties.flag('FifoTopic') && { FifoTopic: 'true' }),
      ...attributes(properties, topicAttributes),
    },
  };
}

export type SubscriptionOrNot =
  | { readonly kind: 'subscription'; readonly subscription: PlannedSubscription }
  | { readonly kind: 'not-run'; readonly notRun: NotRun };

/**
 * The subscriptions that a resource holds: one of its own, or those inside a topic.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sns-subscription.html
 */
export function subscriptionsOf(
  resource: Resource,
  resolved: ResolvedTemplate,
): readonly SubscriptionOrNot[] {
  const properties = resolved.properties(resource);
  if (resource.type === 'AWS::SNS::Subscription')
    return [subscription(resource, properties, () => properties.requiredText('TopicArn'))];
  const topicArn = () => resolved.scope.attribute(resource.logicalId, 'TopicArn', properties.place);
  return (properties.nestedList('Subscription') ?? []).map((inner) =>
    subscription(resource, inner, topicArn),
  );
}

function subscription(
  { logicalId, type }: Resource,
  properties: Properties,
  topicArn: () => string,
): SubscriptionOrNot {
  const protocol = properties.requiredText('Protocol');
  if (protocol !== 'sqs')
    return {
      kind: 'not-run',
      notRun: {
        logicalId,
        type,
        reason: `its protocol is ${protocol}; only queues (sqs) are subscribed here`,
      },
    };
  return {
    kind: 'subscription',
    subscription: {
      logicalId,
      topicArn: topicArn(),
      queueArn: properties.requiredText('Endpoint'),
      attributes: attributes(properties, subscriptionAttributes),
    },
  };
}

const attributes = (properties: Properties, names: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    names
      .map((name) => [name, asJson(properties, name)] as const)
      .filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
