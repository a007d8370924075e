import { CreateQueueCommand, QueueNameExists, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { LocalStackError } from '../../errors.ts';
import type { AttributeOf } from '../template/plan-options.ts';
import type { PlannedQueue, ResourcePlan } from '../template/resource-plan.ts';
import type { AwsConnection } from './aws-connection.ts';
import type { CreatedTable } from './create-table.ts';
import { createTable } from './create-table.ts';

export interface CreatedResources {
  /** What creation brought to light. */
  readonly attributeOf: AttributeOf;
  /** By logical ID. */
  readonly tables: ReadonlyMap<string, CreatedTable>;
  /** URLs that can be used from here, by logical ID. */
  readonly queueUrls: ReadonlyMap<string, string>;
}

/** Creates what is not there yet. Calling it again with a plan that has grown adds the rest. */
export async function createResources(
  plan: ResourcePlan,
  aws: AwsConnection,
  queueEndpoint: string,
): Promise<CreatedResources> {
  const tables = new Map<string, CreatedTable>();
  for (const table of plan.tables)
    tables.set(table.logicalId, await named(table.logicalId, createTable(aws.dynamodb, table)));
  const queueUrls = await createQueues(plan, aws, queueEndpoint);
  await createTopics(plan, aws);
  await createBuckets(plan, aws);

  const attributes = new Map<string, string | undefined>([
    ...[...tables].flatMap(([id, { arn, streamArn }]) => [
      [`${id}.Arn`, arn] as const,
      [`${id}.StreamArn`, streamArn] as const,
    ]),
    ...[...queueUrls].map(([id, url]) => [`${id}.QueueUrl`, url] as const),
  ]);
  return { attributeOf: (id, attribute) => attributes.get(`${id}.${attribute}`), tables, queueUrls };
}

/** @throws LocalStackError that says which resource of the template it was */
const named = <Value>(logicalId: string, creation: Promise<Value>): Promise<Value> =>
  creation.catch((cause: unknown) => {
    if (cause instanceof LocalStackError) throw cause;
    throw new LocalStackError(`${logicalId} could not be created. Correct its properties in the template.`, {
      cause,
    });
  });

async function createQueues(
  { queues }: ResourcePlan,
  { sqs }: AwsConnection,
  endpoint: string,
): Promise<ReadonlyMap<string, string>> {
  const urls = new Map<string, string>();
  for (const { logicalId, ...queue } of queues) {
    const url = await named(logicalId, createQueue(queue, sqs));
    // The engine gives its queues a host name that not every machine resolves.
    urls.set(logicalId, new URL(new URL(url).pathname, endpoint).href);
  }
  return urls;
}

/** A queue that is there with other attributes gets these, as CloudFormation would give them to it. */
async function createQueue(
  { name, attributes }: Pick<PlannedQueue, 'name' | 'attributes'>,
  sqs: AwsConnection['sqs'],
): Promise<string> {
  const Attributes = { ...attributes };
  try {
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
    return QueueUrl;
  } catch (error) {
    if (!(error instanceof QueueNameExists)) throw error;
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
    await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
    return QueueUrl;
  }
}

async function createTopics({ topics, subscriptions }: ResourcePlan, aws: AwsConnection): Promise<void> {
  if (topics.length === 0 && subscriptions.length === 0) return;
  const { client, CreateTopicCommand, SubscribeCommand } = await aws.sns();
  for (const { logicalId, name, attributes } of topics) {
    const command = new CreateTopicCommand({ Name: name, Attributes: { ...attributes } });
    await named(logicalId, client.send(command));
  }
  for (const { logicalId, topicArn, queueArn, attributes } of subscriptions) {
    const command = new SubscribeCommand({
      TopicArn: topicArn,
      Protocol: 'sqs',
      Endpoint: queueArn,
      Attributes: { ...attributes },
    });
    await named(logicalId, client.send(command));
  }
}

async function createBuckets({ buckets }: ResourcePlan, aws: AwsConnection): Promise<void> {
  if (buckets.length === 0) return;
  const { client, CreateBucketCommand, BucketAlreadyOwnedByYou } = await aws.s3();
  for (const { logicalId, name } of buckets) {
    const creation = client.send(new CreateBucketCommand({ Bucket: name })).catch((error: unknown) => {
      if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
    });
    await named(logicalId, creation);
  }
}
