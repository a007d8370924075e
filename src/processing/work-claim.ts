import { AlreadySettledError, ClaimLostError, CommitRefusedError } from '../errors.ts';
import type { SettledAs } from '../idempotency/entry.ts';
import type { Hold, RecordWork, Taken, Word } from '../idempotency/session.ts';
import type { CommitWrite } from '../routing/commit-write.ts';
import { tableOf } from '../stream/read-record.ts';
import type { Invocation } from './invocation.ts';
import { steadily } from './steadily.ts';

/** A piece of work's entry in the ledger, from the claim to its end. */
export interface WorkClaim {
  /** Asks ahead of the work's turn; what comes of it is told by `take`. */
  ask(): void;
  /** @throws LedgerError */
  take(): Promise<Taken>;
  /** @throws LedgerError, or ClaimLostError if another run has the claim by now */
  complete(as: SettledAs): Promise<void>;
  /** A claim that cannot be released ends with its lease; the record is not settled either way. */
  release(): Promise<void>;
  /** Releases a claim that was asked for and never taken. */
  releaseUnused(): Promise<void>;
  /** The last attempt is over: a commit that comes now comes too late. */
  endAttempts(): void;
  /** What a handler's `context.commit` does. */
  commit(writes: readonly CommitWrite[]): Promise<void>;
  /** How the handler's commit ended, once it has; undefined: there was none that went through. */
  committed(): Promise<Word | 'settled' | undefined>;
}

/** Undefined: the ledger is switched off. */
export function claimOn(work: RecordWork, invocation: Invocation): WorkClaim | undefined {
  const { ledger, runtime, deadline } = invocation;
  if (ledger === undefined) return undefined;
  /** Words on what is done: they have the time that handlers are given to stop, too. */
  const lastWord = <Result>(say: () => Promise<Result>): Promise<Result> =>
    steadily({ runtime, deadline: deadline.untilResponse }, say);
  let asked: Promise<Taken> | undefined;
  let hold: Hold | undefined;
  let commit: Promise<Word | 'settled'> | undefined;
  let isOver = false;

  /** One that cannot be made sure of stays asked for: to take it again were to wait for oneself. */
  const first = async (): Promise<Taken> => {
    const taken = await asked?.catch(forgetAsked);
    // It may have been a while since, and leases end.
    const isLost = taken?.kind === 'mine' && (await taken.hold.confirm()) === 'lost';
    asked = undefined;
    return taken === undefined || isLost ? ledger.take(work) : taken;
  };
  const forgetAsked = (error: unknown): never => {
    asked = undefined;
    throw error;
  };
  const isOurs = (word: Word, what: 'complete' | 'release' | 'commit'): boolean => {
    if (word === 'lost') tellLost(work, what, invocation);
    return word === 'kept';
  };
  return {
    ask() {
      asked = ledger.take(work);
      asked.catch(() => undefined);
    },
    async take() {
      const taken = await steadily(invocation, first);
      if (taken.kind === 'mine') hold = taken.hold;
      return taken;
    },
    async complete(as) {
      const mine = hold;
      if (mine === undefined) return;
      if (!isOurs(await lastWord(() => mine.complete(as)), 'complete')) throw claimLost(work);
    },
    async release() {
      const mine = hold;
      if (mine === undefined) return;
      const word = await lastWord(() => mine.release()).catch(() => undefined);
      if (word !== undefined) isOurs(word, 'release');
    },
    async releaseUnused() {
      const taken = await asked?.catch(() => undefined);
      if (taken?.kind !== 'mine') return;
      const { hold: unused } = taken;
      asked = undefined;
      await lastWord(() => unused.release()).catch(() => undefined);
    },
    endAttempts() {
      isOver = true;
    },
    async commit(writes) {
      // That of an attempt which ran out of time may be under way, and counts only if it does not fail.
      while (commit !== undefined)
        if ((await commit.catch(() => undefined)) !== undefined)
          throw new CommitRefusedError(
            'context.commit was called twice for one record: hand over all writes at once',
          );
      const mine = hold;
      if (mine === undefined || isOver)
        throw new CommitRefusedError('context.commit was called after its handler had ended: await it');
      commit = steadily(invocation, () => mine.commit(writes));
      // One that failed changed nothing, or is repeated by the same owner: another may follow.
      commit.catch(() => (commit = undefined));
      const word = await commit;
      if (word === 'settled')
        throw new AlreadySettledError('another run has settled this record meanwhile; nothing was written');
      if (!isOurs(word, 'commit')) throw claimLost(work);
    },
    committed: async () => commit?.catch(() => undefined),
  };
}

const claimLost = ({ route }: RecordWork): ClaimLostError =>
  new ClaimLostError(
    `the lease of this run on the record ended and another run has the claim for route "${route ?? ''}", so its word ` +
      'changed nothing; the record is delivered again',
  );

function tellLost(
  { consumer, route, eventSourceArn, eventId, sequenceNumber }: RecordWork,
  word: 'complete' | 'release' | 'commit',
  { observer }: Invocation,
): void {
  const table = tableOf(eventSourceArn);
  observer.onClaimLost({ consumer, route, table, eventId, sequenceNumber, word });
}
