import type { MarshalledImage, RawRecord } from '../../stream/record.ts';
import type { IfStale, ReplayOutcome } from '../../reporting/replay-protocol.ts';
import type { Runtime } from '../../runtime.ts';
import type { Found, Pointer, Range } from '../reading/found.ts';
import type { Queue, QueueMessage } from '../queue/queue.ts';
import type { Selection } from './selection.ts';
import type { ReplayTarget } from '../target/target.ts';

export type { IfStale };

/** Reads what lies in a message. Never rejects for what is wrong with the message. */
export type ReadMessage = (
  message: Pick<QueueMessage, 'body'> & Partial<Pick<QueueMessage, 'attributes'>>,
) => Promise<Found>;
export type ReadRange = (pointer: Pointer) => Promise<Range>;

/** Whether an item has changed since a record. `unknown`: the record has no image to compare, or the table cannot be read; `why` says which. */
export type Freshness =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'unknown'; readonly why: string };

/**
 * Judges the letters of one or several items against the items as they are now.
 * @param items for each item its letters' records, in stream order: a later letter's change makes the earlier ones not stale
 */
export type JudgeFreshness = (
  items: readonly (readonly RawRecord[])[],
) => Promise<readonly (readonly Freshness[])[]>;

/** A replay, with all that it touches handed in. */
export interface RunOptions {
  readonly queue: Queue;
  readonly target: ReplayTarget;
  readonly readMessage: ReadMessage;
  readonly readRange: ReadRange;
  /** Undefined: `ifStale` is `run`. */
  readonly judgeFreshness: JudgeFreshness | undefined;
  /** What becomes of work whose item has changed since: it runs all the same, is deleted unrun, or stays and counts as left. */
  readonly ifStale: IfStale;
  readonly selection: Selection;
  /** How many items at once. */
  readonly concurrency: number;
  /** Pieces of work begun per second; undefined: as many as there can be. */
  readonly ratePerSecond: number | undefined;
  /** How many messages at most, the oldest change first. */
  readonly max: number | undefined;
  /** Says what would run, in which order, and gives everything back. */
  readonly dryRun: boolean;
  /** How long a message is kept from others at a time; prolonged while it is worked on. */
  readonly visibilitySeconds: number;
  /** Run what is left of an expired pointer's range, and the items that are there now in place of what is lost. */
  readonly expired: ExpiredOptions | undefined;
  /** Aborts: what runs is finished, the rest given back. */
  readonly signal: AbortSignal;
  readonly runtime: Runtime;
  readonly onEvent: (event: ReplayEvent) => void;
}

export interface ExpiredOptions {
  /**
   * Makes, of the item as it is now, a synthetic MODIFY for each key; items that are gone make nothing. What it rejects
   * with as a `ReplayError` is the pointer's own trouble.
   */
  readonly fromTable: (pointer: Pointer) => Promise<readonly RawRecord[]>;
  /**
   * Whether these are all the items of which records are lost, so that a pointer whose work is done is deleted. Default
   * false: it stays, for nobody knows which records it had.
   */
  readonly settles?: boolean;
}

/** One piece of work, for a table or a line; keys are values of the user's, to be masked. */
export interface ReplayedWork {
  readonly messageId: string;
  /** The letter's or the pointer's. */
  readonly id: string;
  readonly source: 'letter' | 'pointer';
  readonly table: string | undefined;
  readonly eventName: string | undefined;
  /** Null: all that are for it. */
  readonly route: string | null;
  readonly sequenceNumber: string;
  /** Marshalled, as in the record. */
  readonly keys: MarshalledImage | undefined;
  /** Behind which other work of its item it stands in this replay, from 0. */
  readonly place: number;
}

export type ReplayEvent =
  /** Others have messages of the queue in flight: another replay, or one that was killed. They are waited for. */
  | { readonly kind: 'waiting'; readonly inFlight: number; readonly longestMs: number }
  | { readonly kind: 'collecting'; readonly messages: number; readonly expected: number }
  | { readonly kind: 'collected'; readonly messages: number; readonly works: number; readonly items: number }
  /** Dry runs only, in the order in which they would run. */
  | {
      readonly kind: 'would-run';
      readonly work: ReplayedWork;
      readonly freshness: Freshness;
      /** What would become of it instead of being run; undefined: it would run. */
      readonly instead?: 'stale' | 'skipped' | 'blocked' | 'refused';
      /** Of what would be refused. */
      readonly why?: string;
    }
  | {
      readonly kind: 'ran';
      readonly work: ReplayedWork;
      readonly outcome: ReplayOutcome | 'skipped';
      /** Of the error: `PermanentError`, say; its message may hold data. */
      readonly errorName: string | undefined;
      readonly errorMessage: string | undefined;
      readonly done: number;
      readonly total: number;
    }
  /** A message that was left alone, and why. */
  | { readonly kind: 'left'; readonly messageId: string; readonly why: string }
  /** SQS did not take a word about a message, which may be seen again, or something keeps the replay from seeing all. */
  | { readonly kind: 'trouble'; readonly what: string; readonly error: unknown };

export interface ReplaySummary {
  /** Messages that the selection meant. */
  readonly selected: number;
  /** Of these, deleted because nothing is left to do about them. */
  readonly settled: number;
  /** Of these, still in the queue. 0: everything that was asked for is done. */
  readonly left: number;
  /** Pieces of work by outcome. In a dry run, what would become of them without being run; `not run` are those that would run. */
  readonly outcomes: Readonly<Partial<Record<ReplayOutcome | 'skipped' | 'expired' | 'not run', number>>>;
  /** Messages that are not for Spillway, or cannot be read; they count as left if the selection meant them, as an empty one does. */
  readonly foreign: number;
  /** Messages that the queue gives nobody before their time: they are counted as selected and left, for they may have been meant. */
  readonly delayed?: number;
  /** Of a dry run: whether only a beginning was shown, for a FIFO queue gives the next of a group when the first is deleted. */
  readonly isAtLeast?: boolean;
  readonly durationMs: number;
  readonly wasInterrupted: boolean;
}
