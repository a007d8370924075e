import type { FunctionFailure } from './function-failure.ts';

/** To the runtime: the head of a frame whose body is the event as JSON. */
export interface InvocationRequest {
  readonly requestId: string;
  readonly functionArn: string;
  /** Milliseconds since the epoch at which the process is killed. */
  readonly deadline: number;
}

/** From the runtime: the head of a frame. */
export type RuntimeMessage =
  /** The handler is loaded. */
  | { readonly kind: 'ready' }
  /** The body is the response as JSON. */
  | { readonly kind: 'response' }
  /** The handler failed, or could not be loaded; the process goes on, or ends by itself, accordingly. */
  | { readonly kind: 'failure'; readonly failure: FunctionFailure }
  /** The process is about to end, and why. */
  | { readonly kind: 'last-words'; readonly failure: FunctionFailure };
