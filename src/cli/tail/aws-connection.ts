import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { Environment } from '../../local/index.ts';
import { exactStreamsClient } from '../../stream/exact-streams-client.ts';
import { findAwsConfig, isOnThisMachine, variablesOf } from '../aws-config.ts';

/** DynamoDB and its streams, on AWS or on this machine. */
export interface AwsConnection {
  readonly dynamodb: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly region: string;
  /** Undefined where it is for the SDK to say. */
  readonly endpoint: string | undefined;
  readonly isOnThisMachine: boolean;
  readonly close: () => void;
}

export interface ConnectionOptions {
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
}

/**
 * Connects to what is asked for, else to what the environment says, else to what the SDK finds (profiles, roles).
 * @throws InvalidOptionError without a region
 * @throws LocalStackError without credentials
 */
export async function connect(options: ConnectionOptions, environment: Environment): Promise<AwsConnection> {
  const variable = variablesOf(environment);
  const anyService = variable('AWS_ENDPOINT_URL');
  const endpoint = options.endpoint ?? variable('AWS_ENDPOINT_URL_DYNAMODB') ?? anyService;
  const isLocal = endpoint !== undefined && isOnThisMachine(endpoint);
  // What runs on this machine serves both; AWS has an address for each.
  const streamsEndpoint =
    options.endpoint ?? variable('AWS_ENDPOINT_URL_DYNAMODB_STREAMS') ?? (isLocal ? endpoint : anyService);

  const config = await findAwsConfig({ region: options.region, isLocal, service: 'DynamoDB' }, environment);
  const dynamodb = new DynamoDBClient({ ...config, ...(endpoint !== undefined && { endpoint }) });
  const streams = exactStreamsClient({
    ...config,
    ...(streamsEndpoint !== undefined && { endpoint: streamsEndpoint }),
  });
  const close = () => {
    dynamodb.destroy();
    streams.destroy();
  };
  return { dynamodb, streams, region: config.region, endpoint, isOnThisMachine: isLocal, close };
}
