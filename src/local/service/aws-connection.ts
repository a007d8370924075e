import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type * as s3Module from '@aws-sdk/client-s3';
import type * as snsModule from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { once } from '../once.ts';
import { notInstalled } from '../optional-package.ts';
import type { LocalEnvironment } from '../stack/local-environment.ts';
import { sdkConfig } from '../stack/local-environment.ts';

/** The clients with which the resources of a service are created. */
export interface AwsConnection {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  /** The clients of rare resources, loaded when one of them is in the template. */
  readonly sns: () => Promise<SNS>;
  readonly s3: () => Promise<S3>;
  readonly close: () => void;
}

type SNS = typeof snsModule & { readonly client: snsModule.SNSClient };
type S3 = typeof s3Module & { readonly client: s3Module.S3Client };

export function connect(environment: LocalEnvironment): AwsConnection {
  const config = sdkConfig(environment);
  const dynamodb = new DynamoDBClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB });
  const sqs = new SQSClient({
    ...config,
    endpoint: environment.AWS_ENDPOINT_URL_SQS,
    useQueueUrlAsEndpoint: false,
  });
  const made: { readonly destroy: () => void }[] = [dynamodb, sqs];
  return {
    dynamodb,
    sqs,
    sns: once(async () => {
      const module = await import('@aws-sdk/client-sns').catch(missing('@aws-sdk/client-sns'));
      const client = new module.SNSClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_SNS });
      made.push(client);
      return { ...module, client };
    }),
    s3: once(async () => {
      const module = await import('@aws-sdk/client-s3').catch(missing('@aws-sdk/client-s3'));
      const endpoint = environment.AWS_ENDPOINT_URL_S3;
      const client = new module.S3Client({ ...config, endpoint, forcePathStyle: true });
      made.push(client);
      return { ...module, client };
    }),
    close: () => made.forEach((client) => client.destroy()),
  };
}

const missing = (name: string) => notInstalled(`The template needs ${name}, which is not installed`, name);
