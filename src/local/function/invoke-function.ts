import { randomUUID } from 'node:crypto';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import type { Clock } from '../clock.ts';
import type { Invocation, InvocationResult, Invoke } from './invocation.ts';
import { maximumPayloadBytes } from './invocation.ts';
import { lambdaContext } from './lambda-context.ts';

/** A Lambda function, as a function of this process. */
export type LambdaFunction = (event: DynamoDBStreamEvent, context: Context) => unknown;

export interface InvokerParts {
  readonly invoke: LambdaFunction;
  readonly functionName: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/**
 * Invokes with a copy of the event and takes a copy of the response, both by way of JSON, as Lambda does. Unlike Lambda,
 * it cannot end a function that runs on after its time limit: its work goes on in this process.
 */
export function createInvoker(parts: InvokerParts): Invoke {
  const { invoke, functionName, functionArn, timeoutMs, clock } = parts;
  return async (eventJson, abandoning): Promise<Invocation> => {
    const requestId = randomUUID();
    const startedAt = clock.now();
    const identity = { functionName, functionArn, requestId, deadline: startedAt + timeoutMs };
    const waiting = new AbortController();
    const abandon = () => waiting.abort();
    abandoning.addEventListener('abort', abandon, { once: true });
    try {
      const context = lambdaContext(identity, clock);
      const ended = await Promise.race([
        run(invoke, eventJson, context),
        clock.sleep(timeoutMs, waiting.signal).then(() => undefined),
      ]);
      const durationMs = clock.now() - startedAt;
      if (ended !== undefined && durationMs <= timeoutMs) return { requestId, durationMs, result: ended };
      if (abandoning.aborted) return { requestId, durationMs, result: { kind: 'abandoned' } };
      const reason = `the function took longer than its time limit of ${timeoutMs} ms`;
      return { requestId, durationMs, result: { kind: 'function-error', reason } };
    } finally {
      abandoning.removeEventListener('abort', abandon);
      waiting.abort();
    }
  };
}

async function run(invoke: LambdaFunction, eventJson: string, context: Context): Promise<InvocationResult> {
  try {
    const event = JSON.parse(eventJson) as DynamoDBStreamEvent;
    return readResponse(await invoke(event, context));
  } catch (error) {
    return { kind: 'function-error', reason: 'the function threw an error', error };
  }
}

function readResponse(response: unknown): InvocationResult {
  try {
    // What JSON has no word for (undefined, a function) leaves Lambda as null.
    const json = (JSON.stringify(response) as string | undefined) ?? 'null';
    if (Buffer.byteLength(json) > maximumPayloadBytes)
      return {
        kind: 'function-error',
        reason: 'the response is larger than the 6 MB that Lambda lets through',
      };
    return { kind: 'returned', response: JSON.parse(json) as unknown };
  } catch (error) {
    return { kind: 'function-error', reason: 'the response cannot be written as JSON', error };
  }
}
