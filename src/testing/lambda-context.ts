import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';

/** A Lambda context whose remaining time stands still until it is set. */
export interface TestContext extends Context {
  /** What `getRemainingTimeInMillis` answers. */
  remainingMs: number;
}

export interface LambdaContextOptions {
  /** Default 30,000. */
  readonly remainingMs?: number;
  /** Default `test-function`. */
  readonly functionName?: string;
}

/** What Lambda's context still has and nobody uses any more. */
const callbackStyle = { done: () => undefined, fail: () => undefined, succeed: () => undefined };

export function lambdaContext({
  remainingMs = 30_000,
  functionName = 'test-function',
}: LambdaContextOptions = {}): TestContext {
  const context: TestContext = {
    remainingMs,
    getRemainingTimeInMillis: () => context.remainingMs,
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${functionName}`,
    memoryLimitInMB: '128',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: '2026/01/01/[$LATEST]0123456789abcdef0123456789abcdef',
    ...callbackStyle,
  };
  return context;
}
