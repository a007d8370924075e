import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { LocalStack } from '../../src/local/index.ts';
import type { FaultProxy } from './fault-proxy.ts';

/** How long a request may hang before the client gives it up. */
const requestTimeoutMs = 150;

/** A client whose requests all go through the proxy. */
export const proxiedClient = (
  { environment }: Pick<LocalStack, 'environment'>,
  { endpoint }: Pick<FaultProxy, 'endpoint'>,
  maxAttempts = 1,
): DynamoDBClient =>
  new DynamoDBClient({
    region: environment.AWS_REGION,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
    endpoint,
    maxAttempts,
    // Without the second, the SDK only warns of the first.
    requestHandler: { requestTimeout: requestTimeoutMs, throwOnRequestTimeout: true },
  });
