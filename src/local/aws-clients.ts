import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient } from '@aws-sdk/client-sqs';
import { exactStreamsClient } from './exact-streams-client.ts';
import type { EventSourceMappingOptions } from './mapping-options.ts';

export interface MappingClients {
  readonly streams: DynamoDBStreamsClient;
  readonly sqs: SQSClient;
  /** Destroys those clients that were made here. */
  readonly destroy: () => void;
}

export function mappingClients({
  environment,
  clients,
}: Pick<EventSourceMappingOptions, 'environment' | 'clients'>): MappingClients {
  const config = environment && {
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  };
  const streams =
    clients?.streams ??
    exactStreamsClient({
      ...config,
      ...(environment && { endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB_STREAMS }),
    });
  const sqs =
    clients?.sqs ??
    new SQSClient({
      ...config,
      // A local queue's URL may carry a host that no one resolves.
      ...(environment && { endpoint: environment.AWS_ENDPOINT_URL_SQS, useQueueUrlAsEndpoint: false }),
    });
  return {
    streams,
    sqs,
    destroy: () => {
      if (!clients?.streams) streams.destroy();
      if (!clients?.sqs) sqs.destroy();
    },
  };
}
