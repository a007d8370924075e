import { randomUUID } from 'node:crypto';
import { commitWord } from './commit-word.ts';
import type { Entry, SettledAs } from './entry.ts';
import { completedEntry, standingOf } from './entry.ts';
import { reach } from './reach.ts';
import type { Hold, Ledger, LedgerSession, SessionOptions, Word } from './session.ts';
import type { Store } from './store.ts';
import { workKey } from './work.ts';

/**
 * `guarantee: 'record'`: work is looked up before it is run and remembered after it, with no claim in between. Enough
 * where one invocation at a time has a shard's batch; two at the same time would both run it.
 */
export const createRecordLedger = (
  store: Store,
  { expiresAfterSeconds }: { readonly expiresAfterSeconds: number },
): Ledger => ({
  // To have looked something up in vain leaves nothing behind.
  ahead: 1_000,
  open: (session) => openRecords(store, expiresAfterSeconds, session),
});

function openRecords(store: Store, expiresAfterSeconds: number, { runtime }: SessionOptions): LedgerSession {
  const owner = randomUUID();
  /** What is taken and not done: a batch that holds a record twice must not run it twice. */
  const taken = new Set<string>();
  const holdOn = (key: string): Hold => {
    const settled = (as: SettledAs): Entry =>
      completedEntry(key, as, {
        owner,
        expiresAtSeconds: Math.round(runtime.now() / 1_000 + expiresAfterSeconds),
      });
    return {
      confirm: () => Promise.resolve('kept'),
      complete: (as) =>
        reach<Word>(store, 'remember a settled record', async () => {
          await store.put([settled(as)]);
          taken.delete(key);
          return 'kept';
        }),
      release() {
        taken.delete(key);
        return Promise.resolve('kept');
      },
      async commit(writes) {
        const written = await store.commit(writes, settled('handled'), 'unclaimed', runtime.now());
        taken.delete(key);
        return commitWord(written, runtime.now());
      },
    };
  };
  const read = async (key: string): Promise<Entry | undefined> => {
    try {
      return await store.read(key);
    } catch (error) {
      taken.delete(key);
      throw error;
    }
  };
  return {
    take: (work) =>
      reach(store, 'look up a record', async () => {
        const key = workKey(work);
        if (taken.has(key)) return { kind: 'held', untilMs: undefined };
        taken.add(key);
        const found = await read(key);
        const standing = found && standingOf(found, runtime.now());
        // A claim is that of a run with `guarantee: 'claim'`, which is heeded.
        if (standing === undefined || standing.kind === 'free') return { kind: 'mine', hold: holdOn(key) };
        taken.delete(key);
        return standing;
      }),
    close: () => Promise.resolve(),
    abandon: () => undefined,
  };
}
