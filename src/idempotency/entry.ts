/** An entry of the ledger, in the shape that Powertools gives it. */
export interface Entry {
  readonly key: string;
  readonly status: 'INPROGRESS' | 'COMPLETED';
  /** The token of the claim that wrote it. Undefined where nobody claimed it, or one who names no owner. */
  readonly owner?: string | undefined;
  /** When an unfinished claim is free again, in epoch milliseconds. Undefined: never. */
  readonly leaseEndsAtMs?: number | undefined;
  /** From then on, in epoch seconds, it is as if the entry were not there. */
  readonly expiresAtSeconds: number;
  /** How the work was settled if not as `handled`, or what a checkpoint holds. */
  readonly data?: string | Uint8Array | undefined;
}

/** How a piece of work was settled, as the ledger remembers it. */
export type SettledAs = 'handled' | 'dead-lettered';

/** What an entry that is there means to one who would do the work. */
export type Standing =
  | { readonly kind: 'settled'; readonly as: SettledAs }
  | { readonly kind: 'held'; readonly untilMs: number | undefined }
  /** Its lease or its life is over. */
  | { readonly kind: 'free' };

export function standingOf(entry: Entry, nowMs: number): Standing {
  if (isExpired(entry, nowMs)) return { kind: 'free' };
  if (entry.status === 'COMPLETED')
    return { kind: 'settled', as: entry.data === 'dead-lettered' ? 'dead-lettered' : 'handled' };
  return entry.leaseEndsAtMs !== undefined && entry.leaseEndsAtMs < nowMs
    ? { kind: 'free' }
    : { kind: 'held', untilMs: entry.leaseEndsAtMs };
}

/** DynamoDB's time to live deletes days later, so the time is always looked at. */
export const isExpired = ({ expiresAtSeconds }: Entry, nowMs: number): boolean =>
  expiresAtSeconds * 1_000 <= nowMs;

/** The entry of work that is done. */
export const completedEntry = (
  key: string,
  as: SettledAs,
  { owner, expiresAtSeconds }: { readonly owner?: string; readonly expiresAtSeconds: number },
): Entry => ({
  key,
  status: 'COMPLETED',
  owner,
  expiresAtSeconds,
  data: as === 'handled' ? undefined : as,
});
