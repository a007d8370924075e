import type { SessionOptions } from './session.ts';
import type { Claimed, Store } from './store.ts';

/** The claims of a run that are not settled yet. */
export interface Leases {
  readonly add: (claimed: Claimed) => void;
  readonly remove: (claimed: Claimed) => void;
  /** Renews no more: what is not settled by now ends with its lease. */
  readonly close: () => void;
}

/**
 * Renews leases that are shorter than the invocation, thrice in each. A renewal that fails is left to the next: a claim
 * that is lost for it shows when it is completed.
 */
export function keepLeases(
  store: Store,
  { runtime, untilTimeoutMs }: Pick<SessionOptions, 'runtime' | 'untilTimeoutMs'>,
  leaseSeconds: number,
): Leases {
  const leaseMs = leaseSeconds * 1_000;
  const claims = new Map<string, Claimed>();
  let cancel: (() => void) | undefined;
  let isClosed = false;

  const renewAll = (): void => {
    cancel = undefined;
    const endsAtMs = Math.ceil(runtime.now() + Math.max(1, Math.min(leaseMs, untilTimeoutMs())));
    for (const claimed of claims.values()) void renew(claimed, endsAtMs);
    schedule();
  };
  const renew = async (claimed: Claimed, endsAtMs: number): Promise<void> => {
    const written = await store.renew(claimed, endsAtMs).catch(() => undefined);
    if (written?.kind === 'refused') claims.delete(claimed.owner);
  };
  function schedule(): void {
    if (!isClosed && claims.size > 0 && leaseMs < untilTimeoutMs())
      cancel ??= runtime.after(leaseMs / 3, renewAll);
  }

  return {
    add(claimed) {
      claims.set(claimed.owner, claimed);
      schedule();
    },
    remove: ({ owner }) => void claims.delete(owner),
    close() {
      isClosed = true;
      claims.clear();
      cancel?.();
      cancel = undefined;
    },
  };
}
