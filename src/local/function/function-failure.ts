/** Why an invocation, or the start of a function, failed: what Lambda writes into its response. */
export interface FunctionFailure {
  /** The name of the error that was thrown, or one of Lambda's, such as `Runtime.ImportModuleError`. */
  readonly errorType: string;
  readonly errorMessage: string;
  /** The lines of the stack; empty where there is none. */
  readonly trace: readonly string[];
}

/** Lambda's limit for a response: 6 MB and a hundred bytes, as its own error says. */
export const maximumResponseBytes = 6_291_556;

export function describeThrown(thrown: unknown): FunctionFailure {
  try {
    if (!(thrown instanceof Error))
      return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
    // Anyone may have given an error a name that is no string.
    const { name, message, stack }: { name?: unknown; message?: unknown; stack?: unknown } = thrown;
    const trace = typeof stack === 'string' ? stack.split('\n').filter(Boolean) : [];
    return { errorType: String(name), errorMessage: String(message), trace };
  } catch {
    return { errorType: 'Error', errorMessage: 'what was thrown cannot be read', trace: [] };
  }
}

/** How a process ended, as Node.js tells it. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** The names that Lambda's runtime supervisor, a Go program, has for the signals a function commonly ends by. */
const signalNames: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGABRT: 'aborted',
  SIGBUS: 'bus error',
  SIGFPE: 'floating point exception',
  SIGHUP: 'hangup',
  SIGILL: 'illegal instruction',
  SIGINT: 'interrupt',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
  SIGTRAP: 'trace/breakpoint trap',
};

const failure = (errorType: string, errorMessage: string): FunctionFailure => ({
  errorType,
  errorMessage,
  trace: [],
});

/** There is none yet when a function is warmed up. */
type RequestId = string | undefined;

const ofRequest = (requestId: RequestId): string =>
  requestId === undefined ? '' : `RequestId: ${requestId} `;

/** @see https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html */
export function exitFailure(requestId: RequestId, { code, signal }: ProcessEnd): FunctionFailure {
  const how = signal === null ? `exit status ${code ?? 1}` : `signal: ${signalNames[signal] ?? signal}`;
  const said = code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${how}`;
  return failure('Runtime.ExitError', `${ofRequest(requestId)}Error: ${said}`);
}

export const outOfMemoryFailure = (requestId: RequestId): FunctionFailure =>
  failure('Runtime.OutOfMemory', `${ofRequest(requestId)}Error: Runtime exited with error: signal: killed`);

export const timeoutFailure = (requestId: string, timeoutMs: number): FunctionFailure =>
  failure(
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1_000).toFixed(2)} seconds`,
  );

export const responseTooLargeFailure: FunctionFailure = failure(
  'Function.ResponseSizeTooLarge',
  `Response payload size exceeded maximum allowed payload size (${maximumResponseBytes} bytes).`,
);

/** Lambda's limit for init; an init that takes longer is begun again within the invocation. */
export const initTimeoutFailure = (initLimitMs: number): FunctionFailure =>
  failure(
    'Sandbox.Timedout',
    `Init timed out after ${(initLimitMs / 1_000).toFixed(2)} seconds: importing the handler's file took too long`,
  );
