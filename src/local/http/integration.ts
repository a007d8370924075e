import type { InvocationResult, Invoke } from '../function/invocation.ts';

/** The function behind a route. */
export interface HttpIntegration {
  readonly functionName: string;
  readonly invoke: Invoke;
  /** How long the function is waited for. It runs on when the answer has been given without it. */
  readonly timeoutMs: number;
}

export type IntegrationResult = InvocationResult | { readonly kind: 'timed-out' };

export async function integrate(
  { invoke, timeoutMs }: HttpIntegration,
  eventJson: string,
  abandoning: AbortSignal,
): Promise<IntegrationResult> {
  const timedOut = Promise.withResolvers<IntegrationResult>();
  const timer = setTimeout(() => timedOut.resolve({ kind: 'timed-out' }), timeoutMs);
  try {
    const invoked = invoke(eventJson, abandoning).then(({ result }) => result);
    return await Promise.race([invoked, timedOut.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Why the function gave no answer of its own; undefined if it did. */
export function failureIn(result: IntegrationResult): string | undefined {
  switch (result.kind) {
    case 'returned':
      return undefined;
    case 'timed-out':
      return 'it took longer than API Gateway waits';
    case 'abandoned':
      return 'it was cut short';
    case 'function-error':
    case 'not-invoked':
      return result.reason;
  }
}
