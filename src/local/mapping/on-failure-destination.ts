import { randomUUID } from 'node:crypto';
import { GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { InvalidOptionError } from '../../errors.ts';
import type { MappingClients } from './aws-clients.ts';
import type { BatchRecord } from './batch.ts';
import { eventJson } from './cut-batch.ts';
import type { OnFailurePointer } from './on-failure-pointer.ts';
import { unconfirmed } from './unconfirmed.ts';

/** Where the pointers to given-up records go. */
export interface OnFailureDestination {
  readonly arn: string;
  /** Resolves when the pointer is accepted; a bucket gets the records too. */
  readonly send: (
    pointer: OnFailurePointer,
    records: readonly BatchRecord[],
    signal: AbortSignal,
  ) => Promise<void>;
}

export type DestinationService = 'sqs' | 'sns' | 's3';

export interface DestinationName {
  readonly arn: string;
  readonly service: DestinationService;
  /** Of the queue, topic or bucket. */
  readonly name: string;
}

/**
 * @throws InvalidOptionError for what a mapping of a DynamoDB stream cannot send to, such as a FIFO queue or Kafka
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function readDestination(arn: string): DestinationName {
  const [, service, name] = /^arn:[^:]+:(sqs|sns|s3):[^:]*:[^:]*:([^:/]+)$/.exec(arn) ?? [];
  const allowed =
    'DestinationConfig.OnFailure.Destination takes the ARN of an SQS queue, an SNS topic or an S3 bucket';
  if (name === undefined || arn.length > 350) throw new InvalidOptionError(`${allowed}; "${arn}" is none.`);
  if (name.endsWith('.fifo') && service !== 's3')
    throw new InvalidOptionError(`${allowed}; FIFO queues and topics, as "${arn}", are not supported.`);
  return { arn, service: service as DestinationService, name };
}

export interface DestinationParts {
  readonly destination: DestinationName;
  readonly clients: MappingClients;
  /** The mapping's UUID, a part of the names of objects. */
  readonly uuid: string;
}

/** @throws LocalStackError if the client that it needs is not installed */
export async function onFailureDestination(parts: DestinationParts): Promise<OnFailureDestination> {
  const { arn, service } = parts.destination;
  switch (service) {
    case 'sqs':
      return { arn, send: toQueue(parts) };
    case 'sns':
      return { arn, send: toTopic(parts, await parts.clients.sns()) };
    case 's3':
      return { arn, send: toBucket(parts, await parts.clients.s3()) };
  }
}

type Send = OnFailureDestination['send'];
type SNS = Awaited<ReturnType<MappingClients['sns']>>;
type S3 = Awaited<ReturnType<MappingClients['s3']>>;

function toQueue({ destination, clients: { sqs } }: DestinationParts): Send {
  let queueUrl: string | undefined;
  return async (pointer, _, abortSignal) => {
    const getUrl = new GetQueueUrlCommand({ QueueName: destination.name });
    queueUrl ??= (await sqs.send(getUrl, { abortSignal })).QueueUrl;
    const message = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(pointer) });
    await sqs.send(message, { abortSignal });
  };
}

function toTopic({ destination }: DestinationParts, { client, PublishCommand }: SNS): Send {
  return async (pointer, _, abortSignal) => {
    const message = new PublishCommand({ TopicArn: destination.arn, Message: JSON.stringify(pointer) });
    await client.send(message, { abortSignal });
  };
}

function toBucket({ destination, uuid }: DestinationParts, { client, PutObjectCommand }: S3): Send {
  return async (pointer, records, abortSignal) => {
    await client.send(
      new PutObjectCommand({
        Bucket: destination.name,
        Key: objectKey(pointer, uuid),
        Body: JSON.stringify({ ...pointer, payload: unconfirmed.payloadOf(eventJson(records)) }),
        ContentType: 'application/json',
      }),
      { abortSignal },
    );
  };
}

/** aws/lambda/MAPPING/SHARD/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-UUID, in UTC. */
function objectKey({ timestamp, DDBStreamBatchInfo: { shardId } }: OnFailurePointer, uuid: string): string {
  const day = timestamp.slice(0, 10).replaceAll('-', '/');
  const second = timestamp.slice(0, 19).replaceAll(':', '.');
  return `aws/lambda/${uuid}/${shardId}/${day}/${second}-${randomUUID()}`;
}
