import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';

import { InvalidOptionError } from '../../errors.ts';
import type { Queue } from '../../replay/queue/queue.ts';
import { createMessageReader } from '../../replay/reading/read-message.ts';
import type { ReadMessage } from '../../replay/engine/run-options.ts';
import { fetchObjectFromS3 } from '../../replay/reading/s3-object.ts';
import { sqsQueue } from '../../replay/queue/sqs-queue.ts';
import type { AwsConfig } from '../aws-config.ts';
import { findAwsConfig, isOnThisMachine, variablesOf } from '../aws-config.ts';
import type { CleanUp } from '../clean-up.ts';
import type { CommandIO } from '../command-io.ts';
import { endOnInterrupt } from './end-on-interrupt.ts';
import { findQueueUrl, readQueueName } from './find-queue.ts';
import { loadS3Client } from './optional-clients.ts';

/** What `--queue`, `--region` and `--endpoint` say. */
export interface ConnectionChoice {
  readonly queue: string | undefined;
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
}

/** The queue, and what lies around it. */
export interface OpenQueue {
  readonly queue: Queue;
  readonly name: string;
  readonly region: string;
  readonly sqs: SQSClient;
  /** How long a receive waits for messages: a queue on this machine is one, and has what it has. */
  readonly waitSeconds: number;
  readonly readMessage: ReadMessage;
  /** What clients of other services are made with. */
  readonly configOf: (service: OtherService) => ServiceConfig;
  readonly loadS3: () => Promise<S3Client | undefined>;
  readonly dynamodbIn: (region: string) => DynamoDBClient;
}

export type OtherService = 'DYNAMODB' | 'DYNAMODB_STREAMS' | 'LAMBDA' | 'S3';

export type ServiceConfig = AwsConfig & { readonly endpoint?: string };

/**
 * Finds the queue that is meant. A client is made when it is needed, and all are closed at the end.
 * @throws SpillwayError that says what to give, or what is wrong about it
 */
export async function openQueue(
  choice: ConnectionChoice,
  { environment, interrupted }: Pick<CommandIO, 'environment' | 'interrupted'>,
  cleanUp: CleanUp,
): Promise<OpenQueue> {
  const variable = variablesOf(environment);
  const given = choice.queue ?? variable('SPILLWAY_DLQ_URL');
  if (given === undefined)
    throw new InvalidOptionError(
      'No queue is named: give --queue with its URL or name, or set SPILLWAY_DLQ_URL.',
    );
  const meant = readQueueName(given);
  const ownEndpoint = meant.url !== undefined && isOnThisMachine(meant.url) ? originOf(meant.url) : undefined;
  const endpointOf = (service: OtherService | 'SQS') =>
    choice.endpoint ?? variable(`AWS_ENDPOINT_URL_${service}`) ?? variable('AWS_ENDPOINT_URL');
  const endpoint = endpointOf('SQS') ?? ownEndpoint;
  const isLocal = endpoint !== undefined && isOnThisMachine(endpoint);

  const region = choice.region ?? meant.region;
  const config = await findAwsConfig({ region, isLocal, service: 'SQS' }, environment);
  // A local queue's URL may carry a host that no one resolves.
  const sqs = new SQSClient({
    ...config,
    ...(endpoint !== undefined && { endpoint, useQueueUrlAsEndpoint: false }),
  });
  // It copies every answer for a logger that nobody gave.
  sqs.middlewareStack.remove('loggerMiddleware');
  const ending = endOnInterrupt(interrupted);
  sqs.middlewareStack.add(ending, { step: 'initialize' });
  cleanUp.defer(() => sqs.destroy());
  const foundUrl = meant.url ?? (await findQueueUrl(sqs, meant, endpoint ?? config.region));
  const queueUrl = isLocal ? atEndpoint(foundUrl, endpoint) : foundUrl;

  const configOf = (service: OtherService): ServiceConfig => {
    const other = endpointOf(service);
    return { ...config, ...(other !== undefined && { endpoint: other }) };
  };
  const loadS3 = once(() => loadS3Client(configOf('S3'), { cleanUp, interrupted }));
  return {
    queue: sqsQueue({ queueUrl, client: sqs }),
    name: queueUrl.slice(queueUrl.lastIndexOf('/') + 1),
    region: config.region,
    sqs,
    waitSeconds: isLocal ? 0 : 1,
    loadS3,
    readMessage: createMessageReader({
      // Where the package is missing, what fetches says so itself.
      fetchObject: async (place) => {
        const client = await loadS3();
        return fetchObjectFromS3(client && { client })(place);
      },
    }),
    configOf,
    dynamodbIn: (tableRegion) => {
      const dynamodb = new DynamoDBClient({ ...configOf('DYNAMODB'), region: tableRegion });
      dynamodb.middlewareStack.add(ending, { step: 'initialize' });
      cleanUp.defer(() => dynamodb.destroy());
      return dynamodb;
    },
  };
}

/** A handler that is run here talks to the host of the URL, and a local queue's may be one that nobody resolves. */
const atEndpoint = (queueUrl: string, endpoint: string): string =>
  `${originOf(endpoint) ?? endpoint}${URL.parse(queueUrl)?.pathname ?? ''}`;

const originOf = (url: string): string | undefined => URL.parse(url)?.origin;

/** Only if it is needed: a client's package takes long to load. */
function once<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}
