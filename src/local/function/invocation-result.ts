import type { HeardAtInit, HeardOfInvocation } from './execution-environment.ts';
import type { FunctionFailure } from './function-failure.ts';
import {
  exitFailure,
  initTimeoutFailure,
  outOfMemoryFailure,
  responseTooLargeFailure,
  timeoutFailure,
} from './function-failure.ts';
import type { InvocationResult } from './invocation.ts';

/** Which half of an invocation it was that ended. */
export type Phase =
  | { readonly kind: 'init'; readonly requestId: string | undefined; readonly limitMs: number }
  | { readonly kind: 'invocation'; readonly requestId: string; readonly timeoutMs: number };

/** Why an invocation, or the start before it, brought no response. */
export type Shortfall = Exclude<InvocationResult, { readonly kind: 'returned' }>;

export function invocationResult(heard: HeardOfInvocation, phase: Phase): InvocationResult {
  if (heard.kind !== 'response') return shortfall(heard, phase);
  return { kind: 'returned', response: JSON.parse(heard.json) as unknown };
}

/** What a process's end, or its failure, means to who invoked it. */
export function shortfall(heard: Exclude<HeardAtInit, { readonly kind: 'ready' }>, phase: Phase): Shortfall {
  const { requestId } = phase;
  switch (heard.kind) {
    case 'failure':
      return { kind: 'function-error', reason: reasonOf(heard.failure, phase), error: heard.failure };
    case 'exited': {
      const exit = exitFailure(requestId, heard.end);
      return { kind: 'function-error', reason: exit.errorMessage, error: heard.lastWords ?? exit };
    }
    case 'out-of-memory': {
      const failure = outOfMemoryFailure(requestId);
      // Lambda's words do not tell it from any other kill.
      return { kind: 'function-error', reason: `out of memory; ${failure.errorMessage}`, error: failure };
    }
    case 'timed-out':
      return functionError(
        phase.kind === 'init'
          ? initTimeoutFailure(phase.limitMs)
          : timeoutFailure(phase.requestId, phase.timeoutMs),
      );
    case 'not-started':
      return {
        kind: 'not-invoked',
        reason:
          'no process could be started for the function; is its folder there, and is there memory left?',
        error: heard.cause,
      };
    case 'abandoned':
      return { kind: 'abandoned' };
  }
}

const functionError = (failure: FunctionFailure): Shortfall => ({
  kind: 'function-error',
  reason: failure.errorMessage,
  error: failure,
});

/** What a handler throws may quote the event, and reasons are logged; what the import of its file throws cannot. */
function reasonOf({ errorType, errorMessage }: FunctionFailure, phase: Phase): string {
  if (phase.kind === 'init') return `the handler could not be loaded: ${errorType}: ${errorMessage}`;
  if (errorType === responseTooLargeFailure.errorType) return errorMessage;
  return `the function threw an error (${errorType})`;
}
