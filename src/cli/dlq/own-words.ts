import type { ReplayedWork, ReplayEvent } from '../../replay/engine/run-options.ts';
import { wordText } from './columns.ts';

type Ran = Extract<ReplayEvent, { readonly kind: 'ran' }>;

/** Spillway's errors. Their messages name tables, routes and what to do, and never a value. */
const ownErrors: ReadonlySet<string> = new Set([
  'AlreadySettledError',
  'BrokenPromiseError',
  'ClaimHeldError',
  'ClaimLostError',
  'CommitRefusedError',
  'DeadLetterError',
  'InvalidEventError',
  'InvalidLetterError',
  'InvalidOptionError',
  'ItemParkedError',
  'LedgerError',
  'LetterTooLargeError',
  'MissingEnvironmentError',
  'ReplayError',
  'RouteTimeoutError',
  'SchemaError',
  'StaleLetterError',
  'UnreadableRecordError',
  'ViewMismatchError',
]);

/** What may be said of why a piece of work did not run: the words of handlers' errors may be data, Spillway's are not. */
export function ownWordsOf({ outcome, errorName, errorMessage }: Ran): string | undefined {
  const isOwn = outcome === 'refused' || (errorName !== undefined && ownErrors.has(errorName));
  return isOwn ? errorMessage : undefined;
}

/** By which work is told apart from other work in a table: a pointer's may be for all routes. */
export const routeText = ({ route, source }: ReplayedWork): string =>
  route === null ? (source === 'pointer' ? 'all, of batches' : 'all') : wordText(route);
