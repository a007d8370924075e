import type { Context } from 'aws-lambda';
import type { Clock } from '../clock.ts';

export interface InvocationIdentity {
  readonly functionName: string;
  readonly functionArn: string;
  readonly requestId: string;
  /** Milliseconds since the epoch at which the invocation is cut off. */
  readonly deadline: number;
  /** Default: 1,024. */
  readonly memorySizeMb?: number;
  /** Default: "local". */
  readonly logStreamName?: string;
}

/**
 * Without `done`, `fail` and `succeed`: the types still ask for these leftovers of Lambda's first programming model, but
 * a promise is the only answer that Node.js 24 on Lambda takes.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html
 */
export function lambdaContext(identity: InvocationIdentity, clock: Pick<Clock, 'now'>): Context {
  const context: Omit<Context, 'done' | 'fail' | 'succeed'> = {
    functionName: identity.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: identity.functionArn,
    awsRequestId: identity.requestId,
    memoryLimitInMB: String(identity.memorySizeMb ?? 1_024),
    logGroupName: `/aws/lambda/${identity.functionName}`,
    logStreamName: identity.logStreamName ?? 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, identity.deadline - clock.now()),
  };
  return context as Context;
}

/** The ARN of a function that exists only here. */
export const localFunctionArn = (functionName: string): string =>
  `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`;
