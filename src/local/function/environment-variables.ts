import { delimiter, dirname } from 'node:path';

export interface FunctionIdentity {
  readonly functionName: string;
  readonly functionArn: string;
  readonly memorySizeMb: number;
  /** As Lambda reads it: the file without its extension, a dot, and the export. */
  readonly handler: string;
  /** The unzipped deployment package, absolute. */
  readonly folder: string;
}

export const logGroupName = (functionName: string): string => `/aws/lambda/${functionName}`;

/**
 * What a function finds in its environment: what it was configured with, what Lambda adds, and nothing of this process.
 * The names that Lambda reserves are not for the configuration to set; the Region is, since the credentials and
 * endpoints that stand beside it are those of engines on this machine.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function environmentVariables(
  { functionName, functionArn, memorySizeMb, handler, folder }: FunctionIdentity,
  logStreamName: string,
  configured: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const region = functionArn.split(':')[3] ?? '';
  return {
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin', '/opt/bin'].join(delimiter),
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    ...configured,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySizeMb),
    AWS_LAMBDA_LOG_GROUP_NAME: logGroupName(functionName),
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: handler,
  };
}
