import type { CommitWrite } from '../routing/commit-write.ts';
import type { Entry } from './entry.ts';

/** How a conditional write ended. */
export type Written =
  | { readonly kind: 'written' }
  /** The condition did not hold; nothing was changed. `found`: what is there instead, if anything is. */
  | { readonly kind: 'refused'; readonly found: Entry | undefined };

/** Whose claim a word is about. */
export interface Claimed {
  readonly key: string;
  /** The token with which it was claimed. */
  readonly owner: string;
}

/**
 * Where entries are kept. Each operation is for one entry, and those that are wanted at the same time travel together. An
 * operation that fails rejects with what the store said; whether it was carried out is then not known.
 */
export interface Store {
  /** For messages: `the DynamoDB table "ledger"`. */
  readonly description: string;
  /** What is there now. */
  read(key: string): Promise<Entry | undefined>;
  /** Writes an entry if there is none of that key, expired or not. */
  insert(entry: Entry): Promise<Written>;
  /** Writes an entry in the place of one that is still as it was seen. */
  replace(entry: Entry, seen: Entry): Promise<Written>;
  /** Writes entries, whatever was there; all of them or, if it rejects, perhaps some. */
  put(entries: readonly Entry[]): Promise<void>;
  /** Makes an unfinished claim of the owner a completed entry without `data`. */
  complete(claimed: Claimed): Promise<Written>;
  /** Sees to it that the lease of an unfinished claim of the owner does not end before then. */
  renew(claimed: Claimed, leaseEndsAtMs: number): Promise<Written>;
  /** Deletes an unfinished claim of the owner. */
  remove(claimed: Claimed): Promise<Written>;
  /**
   * Carries out a user's writes and writes `entry`, a completed one, all together or not at all. The entry takes the
   * place of an unfinished claim of its owner (`claimed`), or of no entry or an expired one (`unclaimed`).
   * @throws CommitConditionError if a condition of the user's does not hold; then the claim is as it was
   */
  commit(
    writes: readonly CommitWrite[],
    entry: Entry,
    over: 'claimed' | 'unclaimed',
    nowMs: number,
  ): Promise<Written>;
}
