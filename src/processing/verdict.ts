import {
  ClaimHeldError,
  ClaimLostError,
  CommitRefusedError,
  DeadLetterError,
  ItemParkedError,
  LedgerError,
  PermanentError,
  RouteTimeoutError,
  SchemaError,
  TransientError,
  UnreadableRecordError,
} from '../errors.ts';
import { awsVerdict } from './aws-verdict.ts';
import { chainOf, isA, property } from './thrown.ts';

/**
 * What becomes of an error. `permanent`: a letter at once. `transient`: retried while there is time, then `failed`,
 * never a letter. `unexpected`: retried `retry.attempts` times, then a letter.
 */
export type Verdict = 'permanent' | 'transient' | 'unexpected';

/** Why a letter was written. */
export type LetterReason = 'permanent' | 'unreadable' | 'schema' | 'exhausted' | 'parked';

/** Moves an error to another row of the table; `undefined` leaves it where it is. */
export type Classify = (error: unknown) => Verdict | undefined;

/** The first error in the chain of causes that tells decides; one that tells nothing is `unexpected`. */
export function verdictOn(error: unknown, classify: Classify | undefined): Verdict {
  const moved = classify === undefined ? undefined : attemptClassify(classify, error);
  if (moved !== undefined) return moved;
  for (const link of chainOf(error)) {
    const verdict = ownVerdict(link) ?? awsVerdict(link);
    if (verdict !== undefined) return verdict;
  }
  return 'unexpected';
}

export function reasonFor(error: unknown, verdict: Exclude<Verdict, 'transient'>): LetterReason {
  if (verdict === 'unexpected') return 'exhausted';
  const chain = [...chainOf(error)];
  if (chain.some((link) => isA(link, ItemParkedError))) return 'parked';
  if (chain.some((link) => isA(link, UnreadableRecordError))) return 'unreadable';
  if (chain.some((link) => isA(link, SchemaError))) return 'schema';
  return 'permanent';
}

const verdicts: readonly unknown[] = ['permanent', 'transient', 'unexpected'];

/** A `classify` that throws, or answers with something else, has said nothing. */
function attemptClassify(classify: Classify, error: unknown): Verdict | undefined {
  try {
    const verdict = classify(error);
    return verdicts.includes(verdict) ? verdict : undefined;
  } catch {
    return undefined;
  }
}

type ErrorClass = abstract new (...parameters: never) => Error;

const permanent: readonly ErrorClass[] = [
  PermanentError,
  UnreadableRecordError,
  SchemaError,
  CommitRefusedError,
];
const transient: readonly ErrorClass[] = [
  TransientError,
  RouteTimeoutError,
  LedgerError,
  ClaimHeldError,
  ClaimLostError,
  DeadLetterError,
];

function ownVerdict(link: unknown): Verdict | undefined {
  // A bundle may hold Spillway twice, and then a handler throws the other one's.
  const [name, code] = [property(link, 'name'), property(link, 'code')];
  if (name === 'PermanentError' && code === 'PERMANENT') return 'permanent';
  if (name === 'TransientError' && code === 'TRANSIENT') return 'transient';
  if (permanent.some((Class) => isA(link, Class))) return 'permanent';
  if (transient.some((Class) => isA(link, Class))) return 'transient';
  return undefined;
}
