import type { Runtime } from '../runtime.ts';
import type { CommitWrite } from '../routing/commit-write.ts';
import type { SettledAs, Standing } from './entry.ts';
import type { ItemMemory } from './item-memory.ts';
import type { Work } from './work.ts';

/** Whether a word was the owner's. `lost`: the claim is somebody else's by now, and nothing was changed. */
export type Word = 'kept' | 'lost';

/** A piece of work that is ours to do. Its methods throw a LedgerError if the ledger cannot be reached. */
export interface Hold {
  /** Whether it is still ours: asked at the turn of work that was taken ahead of it. */
  readonly confirm: () => Promise<Word>;
  readonly complete: (as: SettledAs) => Promise<Word>;
  readonly release: () => Promise<Word>;
  /**
   * Carries out writes and completes as `handled`, all together or not at all.
   * @returns `settled` if the work was settled by another run before; then nothing was written
   * @throws CommitConditionError if a condition of the user's does not hold
   */
  readonly commit: (writes: readonly CommitWrite[]) => Promise<Word | 'settled'>;
}

export type Taken =
  /** Nobody else does it or has done it: run it, then complete or release the hold. */
  | { readonly kind: 'mine'; readonly hold: Hold }
  /** It was settled before. */
  | { readonly kind: 'settled'; readonly as: SettledAs }
  /** Another run holds the claim and may still be going; its lease ends then (epoch milliseconds), if that is known. */
  | { readonly kind: 'held'; readonly untilMs: number | undefined };

/** A piece of work, and the record it belongs to. */
export interface RecordWork extends Work {
  readonly sequenceNumber: string;
  /** Whether its letter is replayed: then that it was dead-lettered does not settle it. */
  readonly isFromLetter?: boolean;
  /** The sequence numbers between which the batch lay that Lambda gave up, if the work comes out of a pointer. */
  readonly givenUpIn?: { readonly first: string; readonly last: string } | undefined;
  /** What is claimed is not the work's own entry but one beside it. */
  readonly claimedAs?: 'replay';
}

/** The invocation that a session is for. */
export interface SessionOptions {
  readonly consumer: string;
  /** The sequence numbers of the batch, in stream order, and the stream they are of. */
  readonly eventSourceArn: string;
  readonly sequenceNumbers: readonly string[];
  readonly runtime: Runtime;
  /** Until Lambda ends the invocation. */
  readonly untilTimeoutMs: () => number;
  /** Aborts when time runs short. */
  readonly signal: AbortSignal;
  /** Whether dead letters are replayed: then work is claimed whatever the guarantee, for the stream goes on beside it. */
  readonly isReplay?: boolean;
}

/** The ledger, as one invocation uses it. */
export interface LedgerSession {
  /** @throws LedgerError */
  readonly take: (work: RecordWork) => Promise<Taken>;
  /** What is remembered of work, without claiming it. There only where that is cheaper. */
  readonly look?: (work: RecordWork) => Promise<Standing | undefined>;
  /**
   * The batch has ended, and `firstUnsettled` (a sequence number) is where Lambda is told to go on; undefined: everything
   * is settled. May be called again if it throws.
   * @throws LedgerError
   */
  readonly close: (firstUnsettled: string | undefined) => Promise<void>;
  /** Lets go of timers, whatever was closed before. Nothing is written after it but what a late run says itself. */
  readonly abandon: () => void;
}

/** What remembers which work was done. */
export interface Ledger {
  /**
   * How many pieces of work may be taken before their turn, and how many may wait to be remembered beside those that
   * run. 0 where each costs a request of its own.
   */
  readonly ahead: number;
  readonly open: (options: SessionOptions) => LedgerSession;
  /** What it remembers of items as a whole. Undefined: it cannot. */
  readonly items?: ItemMemory;
}
