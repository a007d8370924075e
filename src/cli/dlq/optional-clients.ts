import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { CleanUp } from '../clean-up.ts';
import type { ServiceConfig } from './open-queue.ts';

/** Undefined where the package is not installed: what needs it says so. */
export async function loadStreamsClient(
  config: ServiceConfig,
  cleanUp: CleanUp,
): Promise<DynamoDBStreamsClient | undefined> {
  try {
    const { exactStreamsClient } = await import('../../stream/exact-streams-client.ts');
    const client = exactStreamsClient(config);
    cleanUp.defer(() => client.destroy());
    return client;
  } catch {
    return undefined;
  }
}

/** Undefined where the package is not installed: what needs it says so. */
export async function loadLambdaClient(
  config: ServiceConfig,
  cleanUp: CleanUp,
): Promise<LambdaClient | undefined> {
  try {
    const { LambdaClient } = await import('@aws-sdk/client-lambda');
    // A function may take 15 minutes to answer.
    const client = new LambdaClient({
      ...config,
      requestHandler: { ...config.requestHandler, requestTimeout: 910_000 },
    });
    cleanUp.defer(() => client.destroy());
    return client;
  } catch {
    return undefined;
  }
}

/** Undefined where the package is not installed: what needs it says so. */
export async function loadS3Client(config: ServiceConfig, cleanUp: CleanUp): Promise<S3Client | undefined> {
  try {
    const { S3Client } = await import('@aws-sdk/client-s3');
    const client = new S3Client({ ...config, forcePathStyle: config.endpoint !== undefined });
    cleanUp.defer(() => client.destroy());
    return client;
  } catch {
    return undefined;
  }
}
