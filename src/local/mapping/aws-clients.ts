import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { once } from '../once.ts';
import { notInstalled } from '../optional-package.ts';
import { sdkConfig } from '../stack/local-environment.ts';
import { exactStreamsClient } from '../../stream/exact-streams-client.ts';
import type { EventSourceMappingOptions } from './mapping-options.ts';

export interface MappingClients {
  readonly streams: DynamoDBStreamsClient;
  readonly sqs: SQSClient;
  /** Loaded when it is needed: hardly any mapping has such a destination. */
  readonly s3: () => Promise<{
    readonly client: S3Client;
    readonly PutObjectCommand: typeof PutObjectCommand;
  }>;
  readonly sns: () => Promise<{
    readonly client: SNSClient;
    readonly PublishCommand: typeof PublishCommand;
  }>;
  /** Destroys those clients that were made here. */
  readonly destroy: () => void;
}

export function mappingClients({
  stack,
  clients,
}: Pick<EventSourceMappingOptions, 'stack' | 'clients'>): MappingClients {
  const environment = stack?.environment;
  const config = environment && sdkConfig(environment);
  const made: { readonly destroy: () => void }[] = [];
  const make = <Client extends { readonly destroy: () => void }>(client: Client): Client => {
    made.push(client);
    return client;
  };

  const streams =
    clients?.streams ??
    make(
      exactStreamsClient({
        ...config,
        ...(environment && { endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB_STREAMS }),
      }),
    );
  const sqs =
    clients?.sqs ??
    make(
      new SQSClient({
        ...config,
        // A local queue's URL may carry a host that no one resolves.
        ...(environment && { endpoint: environment.AWS_ENDPOINT_URL_SQS, useQueueUrlAsEndpoint: false }),
      }),
    );
  const s3 = once(async () => {
    const { S3Client, PutObjectCommand } = await import('@aws-sdk/client-s3').catch(
      missing('@aws-sdk/client-s3'),
    );
    const endpoint = environment && { endpoint: environment.AWS_ENDPOINT_URL_S3, forcePathStyle: true };
    return { PutObjectCommand, client: clients?.s3 ?? make(new S3Client({ ...config, ...endpoint })) };
  });
  const sns = once(async () => {
    const { SNSClient, PublishCommand } = await import('@aws-sdk/client-sns').catch(
      missing('@aws-sdk/client-sns'),
    );
    const endpoint = environment && { endpoint: environment.AWS_ENDPOINT_URL_SNS };
    return { PublishCommand, client: clients?.sns ?? make(new SNSClient({ ...config, ...endpoint })) };
  });
  return { streams, sqs, s3, sns, destroy: () => made.forEach((client) => client.destroy()) };
}

const missing = (name: string) => notInstalled(`The on-failure destination needs ${name}`, name);
