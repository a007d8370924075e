import type { Properties } from './properties.ts';
import type { PlannedQueue } from './resource-plan.ts';
import type { ResolvedTemplate } from './scope.ts';
import type { Resource } from './template.ts';

const texts = [
  'DelaySeconds',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'FifoThroughputLimit',
] as const;
const policies = ['RedrivePolicy', 'RedriveAllowPolicy'] as const;

/**
 * The queues, each behind the one that gets its dead letters: CreateQueue wants that one to be there.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html
 */
export function plannedQueues(
  resources: readonly Resource[],
  resolved: ResolvedTemplate,
): readonly PlannedQueue[] {
  const queues = resources.map((resource) => ({
    queue: plannedQueue(resource, resolved),
    target: resolved.properties(resource).nested('RedrivePolicy')?.text('deadLetterTargetArn'),
    arn: resolved.scope.attribute(resource.logicalId, 'Arn', resolved.properties(resource).place),
  }));
  const targets = new Map(queues.map(({ arn, target }) => [arn, target]));
  const depth = (arn: string | undefined, seen: readonly string[] = []): number =>
    arn === undefined || seen.includes(arn) ? 0 : 1 + depth(targets.get(arn), [...seen, arn]);
  return queues.toSorted((a, b) => depth(a.arn) - depth(b.arn)).map(({ queue }) => queue);
}

function plannedQueue(resource: Resource, resolved: ResolvedTemplate): PlannedQueue {
  const properties = resolved.properties(resource);
  const found: readonly (readonly [string, string | undefined])[] = [
    // SQS refuses FifoQueue false: a queue is either FIFO or does not say.
    ['FifoQueue', properties.flag('FifoQueue') ? 'true' : undefined],
    ...texts.map((name) => [name, properties.text(name)] as const),
    ...policies.map((name) => [name, asJson(properties, name)] as const),
  ];
  return {
    logicalId: resource.logicalId,
    name: resolved.nameOf(resource),
    attributes: Object.fromEntries(
      found.filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
  };
}

/** What is a map in a template is JSON in the API. */
export function asJson(properties: Properties, name: string): string | undefined {
  const value = properties.value(name);
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}
