/** Environment variables, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Node's own (a debugger's, a coverage tool's) are meant for this process, and not for one that it starts. */
export const withoutNodeVariables = (environment: Environment): Environment =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('NODE_')));

/** What an AWS SDK needs in its environment to talk to the local stack. */
export interface LocalEnvironment {
  readonly AWS_ENDPOINT_URL_DYNAMODB: string;
  readonly AWS_ENDPOINT_URL_DYNAMODB_STREAMS: string;
  readonly AWS_ENDPOINT_URL_SQS: string;
  readonly AWS_ENDPOINT_URL_S3: string;
  readonly AWS_ENDPOINT_URL_SNS: string;
  readonly AWS_REGION: string;
  readonly AWS_ACCESS_KEY_ID: string;
  readonly AWS_SECRET_ACCESS_KEY: string;
  /** Empty where the keys above are made up: a profile of the user's would win over them. */
  readonly AWS_PROFILE: string;
}

/** What a client of the SDK needs beside its endpoint. */
export const sdkConfig = (environment: LocalEnvironment) => ({
  region: environment.AWS_REGION,
  credentials: {
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
  },
});

export interface LocalEndpoints {
  /** Serves the Streams API too. */
  readonly dynamodb: string;
  /** Serves S3 and SNS too. */
  readonly sqs: string;
}

/**
 * The engines that are started here take any credentials, so they get made-up ones. A DynamoDB that the user named may
 * not, so there the user's own stay as they are.
 */
export function localEnvironment(
  { dynamodb, sqs }: LocalEndpoints,
  isOwnDynamoDB: boolean,
  given: Environment,
): LocalEnvironment {
  const kept = isOwnDynamoDB ? {} : given;
  return {
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: kept['AWS_ENDPOINT_URL_DYNAMODB_STREAMS'] ?? dynamodb,
    AWS_ENDPOINT_URL_SQS: sqs,
    AWS_ENDPOINT_URL_S3: sqs,
    AWS_ENDPOINT_URL_SNS: sqs,
    AWS_REGION: kept['AWS_REGION'] ?? 'us-east-1',
    AWS_ACCESS_KEY_ID: kept['AWS_ACCESS_KEY_ID'] ?? 'local',
    AWS_SECRET_ACCESS_KEY: kept['AWS_SECRET_ACCESS_KEY'] ?? 'local',
    AWS_PROFILE: kept['AWS_PROFILE'] ?? '',
  };
}
