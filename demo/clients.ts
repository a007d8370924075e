import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { LocalEnvironment } from 'spillway/local';

/** The demo's own way to the local stack, beside that of the functions. */
export interface Clients {
  readonly dynamodb: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly sqs: SQSClient;
  readonly close: () => void;
}

export function connect(environment: LocalEnvironment): Clients {
  const config = {
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  };
  const dynamodb = new DynamoDBClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB });
  const streams = new DynamoDBStreamsClient({
    ...config,
    endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB_STREAMS,
  });
  const sqs = new SQSClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_SQS });
  return {
    dynamodb,
    streams,
    sqs,
    close: () => {
      for (const client of [dynamodb, streams, sqs]) client.destroy();
    },
  };
}
