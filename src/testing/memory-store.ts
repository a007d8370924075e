import type { Entry } from '../idempotency/entry.ts';
import { standingOf } from '../idempotency/entry.ts';
import type { Claimed, Store, Written } from '../idempotency/store.ts';
import type { CommitWrite } from '../routing/commit-write.ts';

export interface MemoryStore extends Store {
  readonly entries: ReadonlyMap<string, Entry>;
  /** The writes of each commit that went through, in order. */
  readonly commits: readonly (readonly CommitWrite[])[];
}

const written: Written = { kind: 'written' };

/** A ledger's entries in memory. The conditions of a user's writes are not looked at: there is no table here. */
export function memoryStore(): MemoryStore {
  const entries = new Map<string, Entry>();
  const commits: (readonly CommitWrite[])[] = [];
  const refused = (key: string): Written => ({ kind: 'refused', found: entries.get(key) });
  /** What an unfinished claim of that owner becomes. */
  const ofOwner = ({ key, owner }: Claimed, become: (entry: Entry) => Entry | undefined): Written => {
    const entry = entries.get(key);
    if (entry?.owner !== owner || entry.status !== 'INPROGRESS') return refused(key);
    const next = become(entry);
    if (next === undefined) entries.delete(key);
    else entries.set(key, next);
    return written;
  };
  /** What it has said before, it may say again. */
  const isDoneBy = ({ key, owner }: Pick<Entry, 'key' | 'owner'>): boolean => {
    const entry = entries.get(key);
    return entry?.status === 'COMPLETED' && owner !== undefined && entry.owner === owner;
  };
  const isFreeFor = ({ key, owner }: Entry): boolean =>
    !entries.has(key) || (owner !== undefined && entries.get(key)?.owner === owner);
  const putIf = (isAllowed: boolean, entry: Entry): Written => {
    if (!isAllowed) return refused(entry.key);
    entries.set(entry.key, entry);
    return written;
  };
  return {
    description: 'in memory',
    entries,
    commits,
    read: (key) => Promise.resolve(entries.get(key)),
    insert: (entry) => Promise.resolve(putIf(isFreeFor(entry), entry)),
    replace(entry, seen) {
      const found = entries.get(entry.key);
      const isSame =
        found?.owner === seen.owner &&
        found?.status === seen.status &&
        // A claim of one's own may have been renewed since.
        (found.owner === entry.owner ||
          (found.leaseEndsAtMs === seen.leaseEndsAtMs && found.expiresAtSeconds === seen.expiresAtSeconds));
      return Promise.resolve(putIf(isSame, entry));
    },
    put(all) {
      for (const entry of all) entries.set(entry.key, entry);
      return Promise.resolve();
    },
    complete: (claimed) =>
      Promise.resolve(
        isDoneBy(claimed) ? written : ofOwner(claimed, (entry) => ({ ...entry, status: 'COMPLETED' })),
      ),
    renew: (claimed, leaseEndsAtMs) =>
      Promise.resolve(
        ofOwner(claimed, (entry) => ({
          ...entry,
          leaseEndsAtMs: Math.max(leaseEndsAtMs, entry.leaseEndsAtMs ?? leaseEndsAtMs),
        })),
      ),
    remove: (claimed) => Promise.resolve(ofOwner(claimed, () => undefined)),
    commit(writes, entry, over, nowMs) {
      if (isDoneBy(entry)) return Promise.resolve(written);
      const found = entries.get(entry.key);
      const isAllowed =
        over === 'claimed'
          ? found?.owner === entry.owner && found?.status === 'INPROGRESS'
          : found === undefined || standingOf(found, nowMs).kind === 'free';
      if (isAllowed) commits.push(writes);
      return Promise.resolve(putIf(isAllowed, entry));
    },
  };
}
