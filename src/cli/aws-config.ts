import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvalidOptionError, LocalStackError } from '../errors.ts';
import type { Environment } from '../local/index.ts';

/** What any client of the SDK is made with, beside its endpoint. */
export interface AwsConfig {
  readonly region: string;
  /** Not there if the SDK finds them. */
  readonly credentials?: AccessKeys;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
  };
}

export interface AwsConfigOptions {
  readonly region: string | undefined;
  /** Whether what answers is on this machine. */
  readonly isLocal: boolean;
  /** For messages. */
  readonly service: 'DynamoDB' | 'SQS';
}

/**
 * So that an address where nothing answers is told of, and not waited for. No request waits longer for messages or records
 * than 20 seconds; without the last setting the SDK only warns.
 */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 25_000, throwOnRequestTimeout: true };

/**
 * Region and credentials as asked for, else as the environment says, else as the SDK finds them. On this machine they are
 * made up where none are found: nothing local checks them.
 * @throws InvalidOptionError without a region
 * @throws LocalStackError without credentials
 */
export async function findAwsConfig(options: AwsConfigOptions, environment: Environment): Promise<AwsConfig> {
  const variable = variablesOf(environment);
  const region = options.region ?? variable('AWS_REGION') ?? (await findRegion(options.isLocal));
  const credentials = keysIn(variable) ?? (await findCredentials(region, options));
  return { region, requestHandler, ...(credentials && { credentials }) };
}

export type Variables = (name: string) => string | undefined;

/** An empty variable is one that is not set. */
export const variablesOf =
  (environment: Environment): Variables =>
  (name) =>
    environment[name]?.trim() || undefined;

export const isOnThisMachine = (url: string): boolean =>
  /^(localhost|.+\.localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1\])$/.test(URL.parse(url)?.hostname ?? '');

interface AccessKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** A profile wins over keys, as it does in the SDK. */
function keysIn(variable: Variables): AccessKeys | undefined {
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
async function findCredentials(
  region: string,
  { isLocal, service }: AwsConfigOptions,
): Promise<AccessKeys | undefined> {
  const probe = new DynamoDBClient({ region });
  try {
    await probe.config.credentials();
    return undefined;
  } catch (cause) {
    if (isLocal) return { accessKeyId: 'local', secretAccessKey: 'local' };
    throw new LocalStackError(
      'No AWS credentials can be had: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, ' +
        `log in if the profile asks for that, or name a ${service} on this machine with --endpoint.`,
      { cause },
    );
  } finally {
    probe.destroy();
  }
}
