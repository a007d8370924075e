import type { Hold, Ledger, LedgerSession, RecordWork, Taken } from '../src/idempotency/session.ts';
import type { MemoryLedger } from '../src/testing/index.ts';
import { memoryLedger } from '../src/testing/index.ts';

/** What to do in the place of a ledger's methods; `original` is the method itself. */
export interface Alterations {
  readonly take?: (work: RecordWork, original: LedgerSession['take']) => Promise<Taken>;
  readonly confirm?: (original: Hold['confirm']) => ReturnType<Hold['confirm']>;
  readonly complete?: (original: () => ReturnType<Hold['complete']>) => ReturnType<Hold['complete']>;
  readonly release?: (original: Hold['release']) => ReturnType<Hold['release']>;
  readonly commit?: (original: () => ReturnType<Hold['commit']>) => ReturnType<Hold['commit']>;
  readonly close?: (original: () => Promise<void>) => Promise<void>;
}

/** A ledger in memory some of whose words go otherwise. */
export function alteredLedger(alterations: Alterations, ledger = memoryLedger()): MemoryLedger {
  const original = ledger.ledger;
  const altered: Ledger = {
    ahead: original.ahead,
    open: (options) => alterSession(original.open(options), alterations),
  };
  return Object.assign(ledger, { ledger: altered });
}

function alterSession(session: LedgerSession, alterations: Alterations): LedgerSession {
  const { take, confirm, complete, release, commit, close } = alterations;
  const alterHold = (hold: Hold): Hold => ({
    confirm: () => (confirm ? confirm(hold.confirm) : hold.confirm()),
    complete: (as) => (complete ? complete(() => hold.complete(as)) : hold.complete(as)),
    release: () => (release ? release(hold.release) : hold.release()),
    commit: (writes) => (commit ? commit(() => hold.commit(writes)) : hold.commit(writes)),
  });
  return {
    async take(work) {
      const taken = await (take ? take(work, session.take) : session.take(work));
      return taken.kind === 'mine' ? { kind: 'mine', hold: alterHold(taken.hold) } : taken;
    },
    close: (first) => (close ? close(() => session.close(first)) : session.close(first)),
    abandon: session.abandon,
  };
}
