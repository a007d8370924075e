import { randomUUID } from 'node:crypto';
import { commitWord } from './commit-word.ts';
import type { Entry, SettledAs } from './entry.ts';
import { completedEntry, standingOf } from './entry.ts';
import { reach } from './reach.ts';
import { keepLeases } from './keep-leases.ts';
import type { Hold, Ledger, LedgerSession, SessionOptions, Taken, Word } from './session.ts';
import type { Claimed, Store, Written } from './store.ts';
import { claimKey } from './work.ts';

export interface ClaimLedgerOptions {
  readonly expiresAfterSeconds: number;
  /** How long a claim keeps others away if its run dies. Undefined: for what is left of the invocation. */
  readonly leaseSeconds: number | undefined;
}

interface Asking extends Claimed {
  /** Of the first asking: what is in the table does not end before. */
  readonly leaseEndsAtMs: number;
}

/** How often a claim may be lost to others before it counts as held. */
const claimTries = 5;

/** `guarantee: 'claim'`: work is claimed before it is run, and only the owner of the claim completes or releases it. */
export const createClaimLedger = (store: Store, options: ClaimLedgerOptions): Ledger => ({
  ahead: 200,
  open: (session) => openClaims(store, options, session),
});

function openClaims(store: Store, options: ClaimLedgerOptions, session: SessionOptions): LedgerSession {
  const { runtime } = session;
  const { expiresAfterSeconds, leaseSeconds = Infinity } = options;
  const leases = keepLeases(store, session, leaseSeconds);
  /** What was seen to be held: it is looked at before it is written again. */
  const held = new Set<string>();
  /** What was asked and has no answer: the claim may be there, and is ours. */
  const unanswered = new Map<string, Asking>();
  const run = randomUUID();
  let claims = 0;

  const expiresAtSeconds = (): number => Math.round(runtime.now() / 1_000 + expiresAfterSeconds);

  const take = async ({ key, owner, leaseEndsAtMs: endsAtLeastAtMs }: Asking): Promise<Taken> => {
    let leaseEndsAtMs = endsAtLeastAtMs;
    const claim = (): Entry => ({
      key,
      status: 'INPROGRESS',
      owner,
      leaseEndsAtMs: leases.endsAtMs(),
      expiresAtSeconds: expiresAtSeconds(),
    });
    /** An answer that took its time is made sure of: the lease may be over by now. */
    const inTime = async (answer: Promise<Written>): Promise<Written> => {
      const written = await answer;
      if (written.kind === 'refused' || leaseEndsAtMs - runtime.now() > leases.leaseMs() / 2) return written;
      leaseEndsAtMs = leases.endsAtMs();
      return store.renew({ key, owner }, leaseEndsAtMs);
    };
    let written: Written = held.delete(key)
      ? { kind: 'refused', found: await store.read(key) }
      : await inTime(store.insert(claim()));
    for (let tries = 1; written.kind === 'refused'; tries += 1) {
      const { found } = written;
      const standing = found && standingOf(found, runtime.now());
      if (standing?.kind === 'settled') return standing;
      if (standing?.kind === 'held' || tries === claimTries) {
        held.add(key);
        return { kind: 'held', untilMs: standing?.kind === 'held' ? standing.untilMs : undefined };
      }
      // It expired, or was released in between.
      const answer = found === undefined ? store.insert(claim()) : store.replace(claim(), found);
      written = await inTime(answer);
    }
    leases.add({ key, owner }, leaseEndsAtMs);
    return { kind: 'mine', hold: holdOn({ key, owner }) };
  };

  const ask = async (key: string): Promise<Taken> => {
    claims += 1;
    const asking = unanswered.get(key) ?? {
      key,
      owner: `${run}/${claims}`,
      leaseEndsAtMs: leases.endsAtMs(),
    };
    unanswered.delete(key);
    try {
      return await take(asking);
    } catch (error) {
      unanswered.set(key, asking);
      throw error;
    }
  };

  const holdOn = (claimed: Claimed): Hold => {
    const settled = (as: SettledAs): Entry =>
      completedEntry(claimed.key, as, { owner: claimed.owner, expiresAtSeconds: expiresAtSeconds() });
    const ended = ({ kind }: Written): Word => {
      leases.remove(claimed);
      return kind === 'written' ? 'kept' : 'lost';
    };
    return {
      confirm: () =>
        reach<Word>(store, 'renew a claim', async () => {
          if (leases.isSure(claimed)) return 'kept';
          const endsAtMs = leases.endsAtMs();
          const { kind } = await store.renew(claimed, endsAtMs);
          if (kind === 'refused') leases.remove(claimed);
          else leases.add(claimed, endsAtMs);
          return kind === 'written' ? 'kept' : 'lost';
        }),
      complete: (as) =>
        reach(store, 'remember a settled record', async () =>
          ended(
            as === 'handled'
              ? await store.complete(claimed)
              : await store.replace(settled(as), { ...settled(as), status: 'INPROGRESS' }),
          ),
        ),
      release: () =>
        reach(store, 'release a claim', async () => {
          const written = await store.remove(claimed);
          // Gone is gone: by an earlier word of ours whose answer was lost, or by somebody's hand. So is a commit of ours.
          const isOthers =
            written.kind === 'refused' &&
            written.found !== undefined &&
            written.found.owner !== claimed.owner;
          return ended(isOthers ? written : { kind: 'written' });
        }),
      async commit(writes) {
        const written = await store.commit(writes, settled('handled'), 'claimed', runtime.now());
        leases.remove(claimed);
        return commitWord(written, runtime.now());
      },
    };
  };

  return {
    take: (work) => reach(store, 'claim a record', () => ask(claimKey(work))),
    look: (work) =>
      reach(store, 'look up a record', async () => {
        const found = await store.read(claimKey(work));
        return found && standingOf(found, runtime.now());
      }),
    async close() {
      // What was asked for and never answered is nobody's work any more, and would keep the next delivery waiting.
      await Promise.all(
        [...unanswered.values()].map((asking) => store.remove(asking).catch(() => undefined)),
      );
      unanswered.clear();
    },
    abandon: leases.close,
  };
}
