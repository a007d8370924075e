import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { S3Client } from '@aws-sdk/client-s3';
import type { CleanUp } from '../clean-up.ts';
import type { CommandIO } from '../command-io.ts';
import { endOnInterrupt } from './end-on-interrupt.ts';
import type { ServiceConfig } from './open-queue.ts';

/** Of the command that a client is for. */
export interface ClientUse extends Pick<CommandIO, 'interrupted'> {
  readonly cleanUp: CleanUp;
}

/** Undefined where the package is not installed: what needs it says so. */
export async function loadStreamsClient(
  config: ServiceConfig,
  { cleanUp, interrupted }: ClientUse,
): Promise<DynamoDBStreamsClient | undefined> {
  try {
    const { exactStreamsClient } = await import('../../stream/exact-streams-client.ts');
    const client = exactStreamsClient(config);
    client.middlewareStack.add(endOnInterrupt(interrupted), { step: 'initialize' });
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
export async function loadS3Client(
  config: ServiceConfig,
  { cleanUp, interrupted }: ClientUse,
): Promise<S3Client | undefined> {
  try {
    const { S3Client } = await import('@aws-sdk/client-s3');
    const client = new S3Client({ ...config, forcePathStyle: config.endpoint !== undefined });
    client.middlewareStack.add(endOnInterrupt(interrupted), { step: 'initialize' });
    cleanUp.defer(() => client.destroy());
    return client;
  } catch {
    return undefined;
  }
}
