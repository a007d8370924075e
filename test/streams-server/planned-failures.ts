import type { Operation } from './requests.ts';
import type { ServiceErrorName } from './service-error.ts';

/**
 * What goes wrong with a call: an error of the service, a connection that closes without an answer
 * (`BrokenConnection`), an answer of which only the first half arrives (`CutResponse`), or one that comes late.
 */
export type Failure = ServiceErrorName | 'BrokenConnection' | 'CutResponse' | { readonly delayMs: number };

export interface PlannedFailures {
  readonly plan: (operation: Operation, failure: Failure, times: number) => void;
  /** The failure of the call that has just come in. */
  readonly take: (operation: Operation) => Failure | undefined;
}

export function createPlannedFailures(): PlannedFailures {
  const planned = new Map<Operation, readonly Failure[]>();
  return {
    plan: (operation, failure, times) => {
      const added = Array.from({ length: times }, () => failure);
      planned.set(operation, [...(planned.get(operation) ?? []), ...added]);
    },
    take: (operation) => {
      const [next, ...rest] = planned.get(operation) ?? [];
      planned.set(operation, rest);
      return next;
    },
  };
}
