import type { EventName } from '../stream/record.ts';
import type { OutcomeName, RouteResult } from './outcome.ts';
import type { LetterReason } from './verdict.ts';

/** A record has ended, as far as this invocation goes. */
export interface RecordEvent {
  readonly consumer: string;
  readonly outcome: OutcomeName;
  readonly routes: readonly RouteResult[];
  readonly sequenceNumber: string;
  /** Made of the sequence number where the record has none. */
  readonly eventId: string;
  /** Undefined where the record does not tell; so is the table. */
  readonly eventName: EventName | undefined;
  readonly table: string | undefined;
  /** From DynamoDB's writing of the change to now; undefined where the record does not tell. */
  readonly lagMs: number | undefined;
  /** Whether a replay handed it over, and not the stream. */
  readonly isReplay?: boolean;
}

/** A batch is done and its response given. */
export interface BatchEvent {
  readonly consumer: string;
  readonly requestId: string;
  readonly records: number;
  readonly counts: Readonly<Record<OutcomeName, number>>;
  readonly durationMs: number;
  /** The sequence number from which Lambda delivers again; undefined if everything is settled. */
  readonly checkpoint: string | undefined;
  /** Whether the records came out of the dead letters; what is not settled then stays in the queue. */
  readonly isReplay?: boolean;
}

/** A letter was accepted by the dead letters. */
export interface LetterEvent {
  readonly consumer: string;
  readonly letterId: string;
  readonly route: string | null;
  readonly reason: LetterReason;
  readonly table: string | undefined;
  readonly eventId: string;
  readonly sequenceNumber: string;
}

/**
 * A run came too late with a word for the ledger: its lease had ended and another run has the claim, or had. Nothing was
 * changed. If it happens, leases are shorter than handlers take, or clocks differ.
 */
export interface ClaimLostEvent {
  readonly consumer: string;
  readonly route: string | null;
  readonly table: string | undefined;
  readonly eventId: string;
  readonly sequenceNumber: string;
  /** What the run wanted of the ledger. */
  readonly word: 'complete' | 'release' | 'commit';
}

/**
 * A batch ended with something unsettled, and the ledger did not take down what was settled: the next delivery runs it
 * again. With `guarantee: 'checkpoint'` only.
 */
export interface CheckpointLostEvent {
  readonly consumer: string;
  readonly requestId: string;
  /** The sequence number from which Lambda delivers again. */
  readonly checkpoint: string | undefined;
  readonly error: unknown;
}

/**
 * Told of what happens. Called at once and not awaited; one that throws is passed over. Of the data of a record it is
 * told nothing, but `RouteResult.error` is what was thrown, and may hold what the handler put in.
 */
export interface Observer {
  onRecord?(event: RecordEvent): void;
  onBatch?(event: BatchEvent): void;
  onLetter?(event: LetterEvent): void;
  onClaimLost?(event: ClaimLostEvent): void;
  onCheckpointLost?(event: CheckpointLostEvent): void;
}
