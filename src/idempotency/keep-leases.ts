import type { SessionOptions } from './session.ts';
import type { Claimed, Store } from './store.ts';

/** The claims of a run that are not settled yet. */
export interface Leases {
  /** How long a lease that begins now lasts: not beyond the invocation. */
  readonly leaseMs: () => number;
  /** When a lease that begins now ends, in epoch milliseconds. */
  readonly endsAtMs: () => number;
  readonly add: (claimed: Claimed, leaseEndsAtMs: number) => void;
  readonly remove: (claimed: Claimed) => void;
  /** Whether nobody can have taken it, as far as is known here without asking. */
  readonly isSure: (claimed: Claimed) => boolean;
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
  const longestMs = leaseSeconds * 1_000;
  // No lease at all would be one without an end.
  const leaseMs = (): number => Math.max(1, Math.min(longestMs, untilTimeoutMs()));
  const endsAtMs = (): number => Math.ceil(runtime.now() + leaseMs());
  const claims = new Map<string, { readonly claimed: Claimed; readonly leaseEndsAtMs: number }>();
  let cancel: (() => void) | undefined;
  let isClosed = false;

  const renewAll = (): void => {
    cancel = undefined;
    const nextEndMs = endsAtMs();
    for (const { claimed, leaseEndsAtMs } of claims.values())
      if (leaseEndsAtMs < nextEndMs) void renew(claimed, nextEndMs);
    schedule();
  };
  const renew = async (claimed: Claimed, leaseEndsAtMs: number): Promise<void> => {
    const written = await store.renew(claimed, leaseEndsAtMs).catch(() => undefined);
    if (written?.kind === 'refused') claims.delete(claimed.owner);
    else if (written?.kind === 'written' && claims.has(claimed.owner))
      claims.set(claimed.owner, { claimed, leaseEndsAtMs });
  };
  /** For as long as one of them would end before the invocation does. */
  function schedule(): void {
    if (isClosed || cancel !== undefined || !Number.isFinite(longestMs)) return;
    const timeoutAtMs = runtime.now() + untilTimeoutMs();
    if ([...claims.values()].some(({ leaseEndsAtMs }) => leaseEndsAtMs < timeoutAtMs))
      cancel = runtime.after(longestMs / 3, renewAll);
  }

  return {
    leaseMs,
    endsAtMs,
    add(claimed, leaseEndsAtMs) {
      claims.set(claimed.owner, { claimed, leaseEndsAtMs });
      schedule();
    },
    isSure({ owner }) {
      // A renewal that is due and did not come is a sign that this process stood still.
      const reserveMs = Number.isFinite(longestMs) ? longestMs / 3 : 0;
      return runtime.now() + reserveMs < (claims.get(owner)?.leaseEndsAtMs ?? 0);
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
