import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { StreamHandler } from '../create-handler.ts';
import { ReplayError } from '../errors.ts';
import type { ReplayRequest, ReplayResponse, ReplayResult } from '../reporting/replay-protocol.ts';
import type { Runtime } from '../runtime.ts';
import type { ReplayTarget } from './target.ts';

/** A handler in this process. Each request gets `timeoutMs`, as an invocation on Lambda has its time. */
export const handlerTarget = (
  handler: StreamHandler,
  { timeoutMs, now }: { readonly timeoutMs: number; readonly now: Runtime['now'] },
): ReplayTarget => ({
  description: 'the handler in this process',
  async run(request, functionName) {
    const endsAt = now() + timeoutMs;
    const response = await handler(request, contextOf(functionName, () => endsAt - now())).catch(
      (cause: unknown) => {
        throw new ReplayError(
          'the handler failed as a whole, which no letter can be the cause of: see what it says, mend that, and replay again',
          { cause },
        );
      },
    );
    return resultsIn(response, request);
  },
});

function resultsIn(response: unknown, { Records }: ReplayRequest): readonly ReplayResult[] {
  const { spillwayReplay } = response as Partial<ReplayResponse>;
  if (spillwayReplay?.version !== 1 || spillwayReplay.results.length !== Records.length)
    throw new ReplayError(
      'the handler does not know what a replay is: it must be one of createHandler, of the version of Spillway that replays',
    );
  return spillwayReplay.results;
}

/** What a handler may look at; the rest of Lambda's context is about callbacks that nobody uses any more. */
function contextOf(functionName: string, remainingMs: () => number): Context {
  const nothing = (): void => undefined;
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${functionName}`,
    memoryLimitInMB: '0',
    awsRequestId: randomUUID(),
    logGroupName: '',
    logStreamName: '',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: remainingMs,
    done: nothing,
    fail: nothing,
    succeed: nothing,
  };
}
