/** How an invocation ended. A response has been through JSON, as Lambda's has. */
export type InvocationResult =
  | { readonly kind: 'returned'; readonly response: unknown }
  | { readonly kind: 'function-error'; readonly reason: string; readonly error?: unknown }
  /** The function was never reached, as when Lambda throttles: this is no attempt. */
  | { readonly kind: 'not-invoked'; readonly reason: string; readonly error?: unknown }
  /** Nobody waited for the end, so nothing is known about it. */
  | { readonly kind: 'abandoned' };

export interface Invocation {
  /** Lambda's request id, a UUID. */
  readonly requestId: string;
  readonly durationMs: number;
  readonly result: InvocationResult;
}

/** Invokes a function with an event as JSON, and ends the waiting when the signal aborts. It never rejects. */
export type Invoke = (eventJson: string, abandoning: AbortSignal) => Promise<Invocation>;

/** Lambda's limit for the payload of a synchronous invocation, and for its response: 6 MB.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const maximumPayloadBytes = 6 * 1024 * 1024;
