/**
 * A program of its own: one execution environment of a function. It loads the handler that `_HANDLER` names below
 * `LAMBDA_TASK_ROOT`, then serves one invocation after the other over file descriptor 3. Its argument is the folder whose
 * AWS SDK stands in for the one that Lambda brings along.
 */
import { flushCompileCache } from 'node:module';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { systemClock } from '../clock.ts';
import type { Frame } from './frames.ts';
import { createFrameReader, encodeFrame } from './frames.ts';
import type { FunctionFailure } from './function-failure.ts';
import { describeThrown, maximumResponseBytes, responseTooLargeFailure } from './function-failure.ts';
import { lambdaContext } from './lambda-context.ts';
import type { Handler } from './load-handler.ts';
import { loadHandler, RuntimeError } from './load-handler.ts';
import type { InvocationRequest, RuntimeMessage } from './runtime-messages.ts';
import { fallBackToSdkFrom } from './sdk-fallback.ts';

/** Lambda's exit codes for what nobody has caught, and Node.js's for a promise that can never settle. */
const exitCodes = { rejection: 128, exception: 129, unsettled: 13 } as const;

const environment = process.env;
if (environment['NODE_COMPILE_CACHE'] !== undefined) {
  // It is for this program, not for the function. To be killed is this program's usual end, and nothing is kept by that.
  flushCompileCache();
  delete environment['NODE_COMPILE_CACHE'];
}

const channel = new Socket({ fd: 3, readable: true, writable: true });
const outputs: readonly Writable[] = [process.stdout, process.stderr];

/** Resolves when all that was written before is with the system; at once where writing is synchronous, as on Linux. */
const flush = (output: Writable): Promise<void> =>
  new Promise((resolve) => {
    if (output.writableLength === 0 || output.writableEnded || output.destroyed) resolve();
    else output.write('', () => resolve());
  });

/** Resolves when the frame is with the system. The log lines go first: this process is frozen as soon as it has answered. */
async function say(message: RuntimeMessage, body?: Buffer): Promise<void> {
  await Promise.all(outputs.map(flush));
  await new Promise<void>((resolve) => {
    channel.cork();
    for (const part of encodeFrame(message, body)) channel.write(part, () => resolve());
    channel.uncork();
  });
}

async function endWith(failure: FunctionFailure, code: number): Promise<void> {
  await say({ kind: 'last-words', failure });
  process.exit(code);
}

async function answer(handler: Handler, { head, body }: Frame): Promise<void> {
  // What this process's own other half wrote.
  const { requestId, functionArn, deadline } = head as InvocationRequest;
  const context = lambdaContext(
    {
      functionName: environment['AWS_LAMBDA_FUNCTION_NAME'] ?? '',
      functionArn,
      requestId,
      deadline,
      memorySizeMb: Number(environment['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']),
      logStreamName: environment['AWS_LAMBDA_LOG_STREAM_NAME'] ?? '',
    },
    systemClock,
  );
  try {
    const response = serialise(await handler(JSON.parse(body.toString()), context));
    if (response.length > maximumResponseBytes)
      await say({ kind: 'failure', failure: responseTooLargeFailure });
    else await say({ kind: 'response' }, response);
  } catch (error) {
    await say({ kind: 'failure', failure: describeThrown(error) });
  }
}

/** What JSON has no word for (undefined, a function) leaves Lambda as null. */
function serialise(response: unknown): Buffer {
  try {
    return Buffer.from((JSON.stringify(response) as string | undefined) ?? 'null');
  } catch (error) {
    throw new RuntimeError(
      'Runtime.JSONStringifyError',
      `Unable to stringify response body: ${describeThrown(error).errorMessage}`,
    );
  }
}

async function serve(): Promise<void> {
  // While the handler is loaded, and while it runs, only what it waits for itself keeps this process going.
  let isWaiting = false;
  channel.unref();
  process.on('uncaughtException', (error) => void endWith(describeThrown(error), exitCodes.exception));
  process.on('unhandledRejection', (reason) => {
    const { errorType, errorMessage, trace } = describeThrown(reason);
    const rejection = { errorMessage: `${errorType}: ${errorMessage}`, trace };
    void endWith({ errorType: 'Runtime.UnhandledPromiseRejection', ...rejection }, exitCodes.rejection);
  });
  process.on('beforeExit', () => {
    if (isWaiting) return;
    const errorMessage = 'Nothing is left to wait for, and a promise that was awaited is not settled.';
    void endWith({ errorType: 'Runtime.NodejsExit', errorMessage, trace: [] }, exitCodes.unsettled);
  });

  const handler = await loadHandler(environment['LAMBDA_TASK_ROOT'] ?? '', environment['_HANDLER'] ?? '');
  const waitForInvocation = () => {
    isWaiting = true;
    channel.ref();
  };
  const read = createFrameReader((frame) => {
    isWaiting = false;
    channel.unref();
    void answer(handler, frame).then(waitForInvocation);
  });
  channel.on('data', read);
  await say({ kind: 'ready' });
  waitForInvocation();
}

// The other end is gone, and with it everyone who could want an answer.
channel.on('error', () => process.exit(1)).on('end', () => process.exit(1));
fallBackToSdkFrom(process.argv[2] ?? '');
serve().catch(async (error: unknown) => {
  await say({ kind: 'failure', failure: describeThrown(error) });
  process.exit(1);
});
