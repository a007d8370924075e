import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { InvalidOptionError, LocalStackError } from '../../errors.ts';
import type { Environment } from '../../local/index.ts';
import { exactStreamsClient } from '../../stream/exact-streams-client.ts';

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

/** So that an address where nothing answers is told of, and not waited for. */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 30_000 };

/**
 * Connects to what is asked for, else to what the environment says, else to what the SDK finds (profiles, roles). On
 * this machine a region and credentials are made up where none are found: no local DynamoDB checks them.
 * @throws InvalidOptionError without a region
 * @throws LocalStackError without credentials
 */
export async function connect(options: ConnectionOptions, environment: Environment): Promise<AwsConnection> {
  const variable = (name: string) => environment[name]?.trim() || undefined;
  const anyService = variable('AWS_ENDPOINT_URL');
  const endpoint = options.endpoint ?? variable('AWS_ENDPOINT_URL_DYNAMODB') ?? anyService;
  const isLocal = endpoint !== undefined && isOnThisMachine(endpoint);
  // What runs on this machine serves both; AWS has an address for each.
  const streamsEndpoint =
    options.endpoint ?? variable('AWS_ENDPOINT_URL_DYNAMODB_STREAMS') ?? (isLocal ? endpoint : anyService);

  const region = options.region ?? variable('AWS_REGION') ?? (await findRegion(isLocal));
  const credentials = keysIn(variable) ?? (await findCredentials(region, isLocal));
  const config = { region, requestHandler, ...(credentials && { credentials }) };
  const dynamodb = new DynamoDBClient({ ...config, ...(endpoint !== undefined && { endpoint }) });
  const streams = exactStreamsClient({
    ...config,
    ...(streamsEndpoint !== undefined && { endpoint: streamsEndpoint }),
  });
  const close = () => {
    dynamodb.destroy();
    streams.destroy();
  };
  return { dynamodb, streams, region, endpoint, isOnThisMachine: isLocal, close };
}

export const isOnThisMachine = (url: string): boolean =>
  /^(localhost|.+\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1\])$/.test(URL.parse(url)?.hostname ?? '');

interface AccessKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A profile wins over keys, as it does in the SDK. */
function keysIn(variable: (name: string) => string | undefined): AccessKeys | undefined {
  const accessKeyId = variable('AWS_ACCESS_KEY_ID');
  const secretAccessKey = variable('AWS_SECRET_ACCESS_KEY');
  const sessionToken = variable('AWS_SESSION_TOKEN');
  if (variable('AWS_PROFILE') || accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

async function findRegion(isLocal: boolean): Promise<string> {
  const probe = new DynamoDBClient({});
  try {
    return await probe.config.region();
  } catch (cause) {
    if (isLocal) return 'us-east-1';
    throw new InvalidOptionError('No AWS region is known: give --region, or set AWS_REGION.', { cause });
  } finally {
    probe.destroy();
  }
}

/** Undefined if the SDK finds them: it then does so in its clients as well, and again when they expire. */
async function findCredentials(region: string, isLocal: boolean): Promise<AccessKeys | undefined> {
  const probe = new DynamoDBClient({ region });
  try {
    await probe.config.credentials();
    return undefined;
  } catch (cause) {
    if (isLocal) return { accessKeyId: 'local', secretAccessKey: 'local' };
    throw new LocalStackError(
      'No AWS credentials can be had: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ' +
        'log in if the profile asks for that, or name a DynamoDB on this machine with --endpoint.',
      { cause },
    );
  } finally {
    probe.destroy();
  }
}
