import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { StreamHandler } from '../../create-handler.ts';
import { ReplayError } from '../../errors.ts';
import type { ReplayRequest, ReplayResponse, ReplayResult } from '../../reporting/replay-protocol.ts';
import type { Runtime } from '../../runtime.ts';
import { quoted, refusalOf } from './of-function.ts';
import { foreseeRefusal, namedConsumer } from './foresee-refusal.ts';
import type { ReplayTarget } from './target.ts';

/** How long a request has: as an invocation of its own, or what is left of the one that this process is in. */
export type RequestTime =
  { readonly timeoutMs: number; readonly now: Runtime['now'] } | { readonly context: Context };

/** How it is said whose pointers are for a handler. */
const [inFunction, inCommand] = ['SPILLWAY_FUNCTIONS; in code functions', '--as NAME; in code functionNames'];

/** A handler in this process. @param functionNames the functions on Lambda that have this very handler */
export const handlerTarget = (
  handler: StreamHandler,
  time: RequestTime,
  functionNames: readonly string[],
): ReplayTarget => ({
  description: 'the handler in this process',
  refusalOfPointer(functionName) {
    const isInvoked = 'context' in time;
    if (functionNames.length === 0)
      return refusalOf(
        functionName,
        `nobody has said of which function the handler here is (${isInvoked ? inFunction : inCommand})`,
      );
    if (!functionNames.includes(functionName))
      return refusalOf(functionName, `the handler here is that of ${quoted(functionNames)}`);
    // A record does not say of which consumer it is, and to another one nothing of it is done.
    return isInvoked || namedConsumer(handler) !== undefined
      ? undefined
      : refusalOf(
          functionName,
          'nobody has said by which consumer the ledger knows its work (--consumer NAME; in code the option of the handler: its SPILLWAY_CONSUMER, else its own name)',
        );
  },
  async run(request, functionName) {
    const context = 'context' in time ? { ...time.context, functionName } : madeUp(functionName, time);
    const response = await handler(request, context).catch((cause: unknown) => {
      throw new ReplayError(
        'the handler failed as a whole, which no letter can be the cause of: see what it says, mend that, and replay again',
        { cause },
      );
    });
    return resultsIn(response, request);
  },
  foreseeRefusal: (work, record) => foreseeRefusal(handler, work, record),
});

function resultsIn(response: unknown, { Records }: ReplayRequest): readonly ReplayResult[] {
  const { spillwayReplay } = response as Partial<ReplayResponse>;
  if (spillwayReplay?.version !== 1 || spillwayReplay.results.length !== Records.length)
    throw new ReplayError(
      'the handler does not know what a replay is: it must be one of createHandler, of the version of Spillway that replays',
    );
  return spillwayReplay.results;
}

/** What Lambda's context still has and nobody uses any more. */
const callbackStyle = { done: () => undefined, fail: () => undefined, succeed: () => undefined };

/** What a handler may look at. */
function madeUp(
  functionName: string,
  { timeoutMs, now }: Extract<RequestTime, { readonly timeoutMs: number }>,
): Context {
  const endsAt = now() + timeoutMs;
  return {
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${functionName}`,
    memoryLimitInMB: '0',
    awsRequestId: randomUUID(),
    logGroupName: '',
    logStreamName: '',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => endsAt - now(),
    ...callbackStyle,
  };
}
