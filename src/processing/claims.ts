import type { Claim, SettledAs } from '../idempotency/ledger.ts';
import { workKey } from '../idempotency/work.ts';
import type { Work } from '../idempotency/work.ts';
import type { Invocation } from './invocation.ts';
import { steadily } from './steadily.ts';

/** A piece of work's entry in the ledger. */
export interface WorkClaim {
  /** @throws LedgerError */
  take(): Promise<Claim>;
  /** @throws LedgerError */
  complete(as: SettledAs): Promise<void>;
  /** A claim that cannot be released ends with its lease; the record is not settled either way. */
  release(): Promise<void>;
}

/** Undefined: the ledger is switched off. */
export function claimOn(work: Work, invocation: Invocation): WorkClaim | undefined {
  const { ledger, deadline } = invocation;
  if (ledger === undefined) return undefined;
  const key = workKey(work);
  return {
    take: () => steadily(invocation, () => ledger.claim(key, deadline.untilTimeoutMs())),
    complete: (as) => steadily(invocation, () => ledger.complete(key, as)),
    async release() {
      // Once the response is given another invocation may hold the claim.
      if (deadline.isResponseDue()) return;
      await steadily(invocation, () => ledger.release(key)).catch(() => undefined);
    },
  };
}
