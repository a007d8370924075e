import type { SQSClient } from '@aws-sdk/client-sqs';
import { GetQueueUrlCommand, ListQueuesCommand, QueueDoesNotExist } from '@aws-sdk/client-sqs';
import { InvalidOptionError, ReplayError } from '../../errors.ts';

/** A queue as it can be named. */
export interface QueueName {
  readonly name: string;
  readonly url: string | undefined;
  /** As URL or ARN tell it. */
  readonly region: string | undefined;
  /** As the ARN tells it. */
  readonly account: string | undefined;
}

/** @throws InvalidOptionError that says what can be written */
export function readQueueName(text: string): QueueName {
  const none = { url: undefined, region: undefined, account: undefined };
  if (/^[\w-]{1,80}(\.fifo)?$/.test(text)) return { ...none, name: text };
  const [, region, account, name] = /^arn:[^:]+:sqs:([^:]+):(\d*):([\w-]{1,80}(?:\.fifo)?)$/.exec(text) ?? [];
  if (name !== undefined) return { name, url: undefined, region, account };
  const url = URL.parse(text);
  const last = url?.pathname.split('/').at(-1);
  if (url === null || !/^https?:$/.test(url.protocol) || !last)
    throw new InvalidOptionError(
      'A queue is named by its URL (https://sqs.REGION.amazonaws.com/ACCOUNT/NAME), its name or its ARN.',
    );
  const [, regionOfUrl] = /^sqs\.([a-z\d-]+)\.amazonaws\.com(?:\.cn)?$/.exec(url.hostname) ?? [];
  return { name: last, url: text, region: regionOfUrl, account: undefined };
}

/**
 * @param place where it was looked for: a region or an endpoint
 * @throws InvalidOptionError if there is none of that name, naming others
 * @throws ReplayError if SQS refuses or does not answer
 */
export async function findQueueUrl(
  sqs: SQSClient,
  { name, account }: QueueName,
  place: string,
): Promise<string> {
  const command = new GetQueueUrlCommand({
    QueueName: name,
    ...(account && { QueueOwnerAWSAccountId: account }),
  });
  try {
    const { QueueUrl } = await sqs.send(command);
    if (QueueUrl === undefined) throw new ReplayError(`SQS at ${place} knows no URL of the queue "${name}".`);
    return QueueUrl;
  } catch (cause) {
    if (cause instanceof ReplayError) throw cause;
    if (isMissing(cause))
      throw new InvalidOptionError(`There is no queue "${name}" at ${place}.${await otherQueues(sqs)}`);
    const status = (cause as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata
      ?.httpStatusCode;
    if (status === 403)
      throw new ReplayError(
        `The queue "${name}" at ${place} may not be looked up with these credentials: allow sqs:GetQueueUrl, or give --queue its URL.`,
        { cause },
      );
    throw new ReplayError(
      `SQS at ${place} does not answer: is it reachable, and are --endpoint and --region right?`,
      {
        cause,
      },
    );
  }
}

const isMissing = (cause: unknown): boolean =>
  cause instanceof QueueDoesNotExist ||
  (cause instanceof Error && /QueueDoesNotExist|NonExistentQueue/.test(cause.name));

/** A help for a name misspelt: who may not list queues goes without. */
async function otherQueues(sqs: SQSClient): Promise<string> {
  try {
    const { QueueUrls = [], NextToken } = await sqs.send(new ListQueuesCommand({ MaxResults: 10 }));
    if (QueueUrls.length === 0) return ' There are no queues at all.';
    const names = QueueUrls.map((url) => url.slice(url.lastIndexOf('/') + 1));
    return ` There are: ${names.join(', ')}${NextToken === undefined ? '' : ', and more'}.`;
  } catch {
    return '';
  }
}
