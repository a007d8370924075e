import type { DynamoDBStreamsClientConfig } from '@aws-sdk/client-dynamodb-streams';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { expect, onTestFinished } from 'vitest';
import { exactStreamsClient } from '../../src/stream/exact-streams-client.ts';
import type { StreamsServerOptions } from './start-streams-server.ts';
import { startStreamsServer } from './start-streams-server.ts';

/** A server for one test, stopped at its end. */
export async function serverForTest(options?: StreamsServerOptions) {
  const server = await startStreamsServer(options);
  onTestFinished(server.stop);
  return server;
}

/** The SDK's own client for the server. It tries once, so that a test sees each failure. */
export function plainClient(endpoint: string): DynamoDBStreamsClient {
  const client = new DynamoDBStreamsClient(configOf(endpoint));
  onTestFinished(() => client.destroy());
  return client;
}

/** The client that Spillway reads with. It tries once, unless told otherwise. */
export function spillwayClient(endpoint: string, maxAttempts = 1): DynamoDBStreamsClient {
  const client = exactStreamsClient({ ...configOf(endpoint), maxAttempts });
  onTestFinished(() => client.destroy());
  return client;
}

export const configOf = (endpoint: string): DynamoDBStreamsClientConfig => ({
  endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
});

/** Waits for what comes about by itself, long enough for a busy machine. */
export const eventually = <Value>(get: () => Value) => expect.poll(get, { interval: 2, timeout: 15_000 });
