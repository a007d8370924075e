/** Every error that Spillway makes has one of these codes; decide by the code, never by name or message. */
export type SpillwayErrorCode =
  | 'PERMANENT'
  | 'TRANSIENT'
  | 'UNREADABLE_RECORD'
  | 'SCHEMA_REFUSED'
  | 'ROUTE_TIMEOUT'
  | 'INVALID_EVENT'
  | 'VIEW_MISMATCH'
  | 'INVALID_OPTION'
  | 'MISSING_ENVIRONMENT'
  | 'LEDGER_UNREACHABLE'
  | 'CLAIM_HELD'
  | 'CLAIM_LOST'
  | 'COMMIT_CONDITION_FAILED'
  | 'COMMIT_REFUSED'
  | 'ALREADY_SETTLED'
  | 'DEAD_LETTER_NOT_SENT'
  | 'LETTER_TOO_LARGE'
  | 'INVALID_LETTER'
  | 'REPLAY'
  | 'ITEM_PARKED'
  | 'STALE_LETTER'
  | 'LOCAL_STACK'
  | 'BROKEN_PROMISE';

/** The base of all of Spillway's errors. Messages never hold attribute values. */
export abstract class SpillwayError extends Error {
  abstract readonly code: SpillwayErrorCode;
}

/**
 * Throw this from a handler when no repetition will ever help: the record goes to the dead letters at once.
 * @example throw new PermanentError('the currency is not one we sell in');
 */
export class PermanentError extends SpillwayError {
  override readonly name = 'PermanentError';
  readonly code = 'PERMANENT';
}

/**
 * Throw this from a handler when the cause lies outside the record and passes: the handler is tried again while
 * there is time, after that Lambda delivers the record again. It never becomes a letter.
 */
export class TransientError extends SpillwayError {
  override readonly name = 'TransientError';
  readonly code = 'TRANSIENT';
}

/** A record, or an attribute of it, is not what DynamoDB writes. It names the place, never the value. */
export class UnreadableRecordError extends SpillwayError {
  override readonly name = 'UnreadableRecordError';
  readonly code = 'UNREADABLE_RECORD';
}

/** One thing that a schema found wrong: where (a dotted path, from the image on) and what. */
export interface SchemaIssue {
  readonly path: string;
  readonly message: string;
}

/** The entity's schema refused an image. What was refused stands in `issues` (and in the letter), not in the message. */
export class SchemaError extends SpillwayError {
  override readonly name = 'SchemaError';
  readonly code = 'SCHEMA_REFUSED';
  readonly issues: readonly SchemaIssue[];

  constructor(message: string, issues: readonly SchemaIssue[]) {
    super(message);
    this.issues = issues;
  }
}

/** A handler took longer than its route's `timeoutMs`. */
export class RouteTimeoutError extends SpillwayError {
  override readonly name = 'RouteTimeoutError';
  readonly code = 'ROUTE_TIMEOUT';
}

/** What Lambda handed over is not a batch of a DynamoDB stream, or not one that can be reported on. The batch fails. */
export class InvalidEventError extends SpillwayError {
  override readonly name = 'InvalidEventError';
  readonly code = 'INVALID_EVENT';
}

/** The stream's view type does not give the images that the router was told to expect. The batch fails. */
export class ViewMismatchError extends SpillwayError {
  override readonly name = 'ViewMismatchError';
  readonly code = 'VIEW_MISMATCH';
}

/** An option, a route or an entity is not what is allowed. Thrown at start-up. */
export class InvalidOptionError extends SpillwayError {
  override readonly name = 'InvalidOptionError';
  readonly code = 'INVALID_OPTION';
}

/** An environment variable that a default rests on is not set. */
export class MissingEnvironmentError extends SpillwayError {
  override readonly name = 'MissingEnvironmentError';
  readonly code = 'MISSING_ENVIRONMENT';
}

/** The ledger did not answer, or refused. The record is `failed`; `cause` is what the ledger said. */
export class LedgerError extends SpillwayError {
  override readonly name = 'LedgerError';
  readonly code = 'LEDGER_UNREACHABLE';
}

/** Another run holds the claim on this record and route, and may still be going. The record is `failed`. */
export class ClaimHeldError extends SpillwayError {
  override readonly name = 'ClaimHeldError';
  readonly code = 'CLAIM_HELD';
}

/** This run no longer owns the claim on its record: its lease ended and another run took it. The record is `failed`. */
export class ClaimLostError extends SpillwayError {
  override readonly name = 'ClaimLostError';
  readonly code = 'CLAIM_LOST';
}

/** A write of `context.commit` whose condition did not hold. */
export interface FailedCondition {
  /** Its place among the writes that were handed over, from 0. */
  readonly index: number;
  readonly tableName: string;
  /** What is there, in plain values: only where the write asked for `ALL_OLD`, and there is an item. */
  readonly item?: Readonly<Record<string, unknown>>;
}

/**
 * A condition of a write of `context.commit` does not hold, so nothing was written and the record is not settled. Catch
 * it to decide; uncaught, it is an error like any other of the handler.
 */
export class CommitConditionError extends SpillwayError {
  override readonly name = 'CommitConditionError';
  readonly code = 'COMMIT_CONDITION_FAILED';
  /** Private, for items are data: a log of the error must not show them. */
  readonly #failures: readonly FailedCondition[];

  constructor(message: string, failures: readonly FailedCondition[]) {
    super(message);
    this.#failures = failures;
  }

  get failures(): readonly FailedCondition[] {
    return this.#failures;
  }
}

/** `context.commit` was called in a way that cannot work: too many writes, twice, or with a ledger that cannot commit. */
export class CommitRefusedError extends SpillwayError {
  override readonly name = 'CommitRefusedError';
  readonly code = 'COMMIT_REFUSED';
}

/** `context.commit` found that another run has settled the record meanwhile. Let it pass: the record is a `duplicate`. */
export class AlreadySettledError extends SpillwayError {
  override readonly name = 'AlreadySettledError';
  readonly code = 'ALREADY_SETTLED';
}

/** The dead letters did not accept a letter. The record is `failed`; `cause` is what the queue said. */
export class DeadLetterError extends SpillwayError {
  override readonly name = 'DeadLetterError';
  readonly code = 'DEAD_LETTER_NOT_SENT';
}

/** A letter is above the queue's limit, compressed too, and no bucket is configured. */
export class LetterTooLargeError extends SpillwayError {
  override readonly name = 'LetterTooLargeError';
  readonly code = 'LETTER_TOO_LARGE';
}

/** What was read is not a letter, or not one that this version can read. */
export class InvalidLetterError extends SpillwayError {
  override readonly name = 'InvalidLetterError';
  readonly code = 'INVALID_LETTER';
}

/** A replay, or another look into the dead letters, cannot begin or go on; the message says what to do. */
export class ReplayError extends SpillwayError {
  override readonly name = 'ReplayError';
  readonly code = 'REPLAY';
}

/** An earlier change of the item lies in the dead letters, and the handler parks items: this one waits behind it. */
export class ItemParkedError extends SpillwayError {
  override readonly name = 'ItemParkedError';
  readonly code = 'ITEM_PARKED';
}

/** A later change of the item was replayed before this one. */
export class StaleLetterError extends SpillwayError {
  override readonly name = 'StaleLetterError';
  readonly code = 'STALE_LETTER';
}

/** The local stack cannot be started, or stopped answering. */
export class LocalStackError extends SpillwayError {
  override readonly name = 'LocalStackError';
  readonly code = 'LOCAL_STACK';
}

/** A bug in Spillway: a promise did not hold. The batch fails, so that nothing is lost. */
export class BrokenPromiseError extends SpillwayError {
  override readonly name = 'BrokenPromiseError';
  readonly code = 'BROKEN_PROMISE';
}
