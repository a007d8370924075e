import type { DynamoDBStreamsClientConfig } from '@aws-sdk/client-dynamodb-streams';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { JsonCodec } from '@smithy/core/protocols';

/**
 * A Streams client that hands over every attribute. The deserializer which the SDK uses by default (@smithy/core 3.41)
 * reads an attribute called `__proto__` as `undefined`; the one before it, which is still there, reads it as what it is.
 */
export function exactStreamsClient(config: DynamoDBStreamsClientConfig): DynamoDBStreamsClient {
  const usual = new DynamoDBStreamsClient(config);
  const { protocolSettings } = usual.config;
  usual.destroy();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is the one that loses the attribute
  const jsonCodec = new JsonCodec({ timestampFormat: { useTrait: true, default: 7 }, jsonName: false });
  const client = new DynamoDBStreamsClient({
    ...config,
    protocolSettings: { ...protocolSettings, jsonCodec },
  });
  // It copies every answer for a logger that nobody gave. What that costs: docs/performance.md, reading alone.
  if (config.logger === undefined) client.middlewareStack.remove('loggerMiddleware');
  return client;
}
