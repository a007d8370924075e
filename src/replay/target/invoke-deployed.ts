import type { InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { parseMessage } from '../../dead-letter/decode-letter.ts';
import { ReplayError } from '../../errors.ts';
import { property, safeNameOf } from '../../processing/thrown.ts';
import { verdictOn } from '../../processing/verdict.ts';
import type { ReplayResult } from '../../reporting/replay-protocol.ts';
import type { Runtime } from '../../runtime.ts';
import { isObject } from '../../stream/record.ts';
import { failedResult } from './invoke-results.ts';

/** How an invocation ended. `failed`: nothing that was asked for is known to be done. */
export type DeployedAnswer =
  | { readonly kind: 'answered'; readonly response: unknown }
  | { readonly kind: 'failed'; readonly result: ReplayResult };

export interface DeployedParts {
  readonly functionName: string;
  /** For messages. */
  readonly description: string;
  readonly client?: LambdaClient;
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
}

/** While Lambda throttles: about two minutes. */
const tries = { most: 12, baseDelayMs: 500, longestDelayMs: 20_000 };
/** The longest that a function may run, and some time to answer. */
const requestTimeoutMs = 905_000;

/**
 * Invokes with a text of JSON and waits for the answer. Only what Lambda throttled is tried again: after a time-out the
 * function may still be at work.
 */
export function createInvoker(parts: DeployedParts): (payload: string) => Promise<DeployedAnswer> {
  const { functionName, description, runtime, signal } = parts;
  let { client } = parts;
  return async (payload) => {
    const { InvokeCommand, LambdaClient: Client } = await importLambda();
    // Tries once: see above.
    client ??= new Client({ maxAttempts: 1, requestHandler: { requestTimeout: requestTimeoutMs } });
    for (let attempt = 1; ; attempt += 1) {
      try {
        const command = new InvokeCommand({
          FunctionName: functionName,
          InvocationType: 'RequestResponse',
          Payload: payload,
        });
        return answerIn(await client.send(command), description);
      } catch (error) {
        const trouble = troubleIn(error);
        if (trouble === 'hopeless') throw hopeless(description, error);
        if (trouble !== 'throttled')
          return { kind: 'failed', result: notReached(trouble, description, error) };
        if (attempt === tries.most || signal.aborted)
          return { kind: 'failed', result: failedResult(`Lambda throttles ${description}; try again later`) };
        const longestMs = Math.min(tries.longestDelayMs, tries.baseDelayMs * 2 ** (attempt - 1));
        await runtime.sleep(runtime.random() * longestMs, signal);
      }
    }
  };
}

function answerIn({ FunctionError, Payload }: InvokeCommandOutput, description: string): DeployedAnswer {
  const response = jsonIn(Payload);
  if (FunctionError === undefined && response !== undefined)
    return { kind: 'answered', response: response.value };
  if (FunctionError === undefined)
    return {
      kind: 'failed',
      result: failedResult(`${description} answered with what is not JSON`, { attempts: 1 }),
    };
  const { errorType, errorMessage, trace } = isObject(response?.value) ? response.value : {};
  return {
    kind: 'failed',
    result: failedResult(
      typeof errorMessage === 'string' ? errorMessage : `${description} failed and did not say why`,
      {
        attempts: 1,
        name: typeof errorType === 'string' ? errorType : 'Error',
        stack: Array.isArray(trace) ? trace.filter((line) => typeof line === 'string').join('\n') : '',
      },
    ),
  };
}

/** Undefined if it is not JSON. No payload is what a function answers that returns nothing. */
function jsonIn(payload: Uint8Array | undefined): { readonly value: unknown } | undefined {
  const text = Buffer.from(payload ?? []).toString('utf8');
  try {
    return { value: text === '' ? null : parseMessage(text) };
  } catch {
    return undefined;
  }
}

type Trouble = 'throttled' | 'not-taken' | 'no-answer' | 'hopeless';

/** What the request itself is refused for, and no other would be: too large, not read, or the function is being updated. */
const ofThisRequest: readonly unknown[] = [409, 413, 415];

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
function troubleIn(error: unknown): Trouble {
  const status = property(property(error, '$metadata'), 'httpStatusCode');
  if (status === 429) return 'throttled';
  if (ofThisRequest.includes(status)) return 'not-taken';
  return verdictOn(error, undefined) === 'transient' ? 'no-answer' : 'hopeless';
}

const notReached = (trouble: 'not-taken' | 'no-answer', description: string, error: unknown): ReplayResult =>
  failedResult(
    trouble === 'not-taken'
      ? `Lambda did not take the invocation of ${description} (${safeNameOf(error)}); try again, or with fewer at a time`
      : `there was no answer of ${description} (${safeNameOf(error)}). Whether it ran is not known: its ledger tells when it is tried again`,
  );

function hopeless(description: string, cause: unknown): ReplayError {
  const status = property(property(cause, '$metadata'), 'httpStatusCode');
  const remedy =
    status === 404
      ? 'does not exist. Is the name right, and are region and account?'
      : status === 403
        ? 'may not be invoked with these credentials: allow lambda:InvokeFunction.'
        : 'cannot be invoked: see the cause, and whether there are credentials and a region.';
  return new ReplayError(`${description} ${remedy}`, { cause });
}

async function importLambda() {
  try {
    return await import('@aws-sdk/client-lambda');
  } catch (cause) {
    throw new ReplayError(
      'to replay by a function on Lambda a package is needed: npm install @aws-sdk/client-lambda',
      { cause },
    );
  }
}
