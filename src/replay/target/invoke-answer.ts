import type { Letter } from '../../dead-letter/letter.ts';
import type { ReplayOutcome, ReplayResult, ReplayWork } from '../../reporting/replay-protocol.ts';
import { sequenceNumberOf } from '../../stream/read-record.ts';
import type { RawRecord } from '../../stream/record.ts';
import { isObject } from '../../stream/record.ts';
import { compareSequenceNumbers } from '../../stream/sequence-number.ts';
import { failedResult, handledResult } from './invoke-results.ts';

/** What was asked of a function. */
export interface AskedWork {
  readonly record: RawRecord;
  readonly work: ReplayWork;
}

/** Whether it is the answer of a function that has read the order. */
export const knowsReplay = (response: unknown): response is Readonly<Record<string, unknown>> =>
  isObject(response) && Object.hasOwn(response, 'spillwayReplay');

/**
 * Reads what a function answered: a result for each piece of work. Of an answer that is not understood, nothing counts
 * as done; a function that knows nothing of replay is read as Lambda reads it, for records and not for letters.
 */
export function judgeAnswer(
  response: unknown,
  asked: readonly AskedWork[],
  description: string,
): readonly ReplayResult[] {
  if (!knowsReplay(response)) return judgeBatchResponse(response, asked, description);
  const results = resultsIn(response['spillwayReplay'], asked);
  if (results !== undefined) return results;
  const odd = failedResult(
    `${description} answered with results that this Spillway does not understand: deploy it with this version`,
    { attempts: 1 },
  );
  return asked.map(() => odd);
}

function resultsIn(replay: unknown, asked: readonly AskedWork[]): readonly ReplayResult[] | undefined {
  if (!isObject(replay) || replay['version'] !== 1) return undefined;
  const { results } = replay;
  if (!Array.isArray(results) || results.length !== asked.length) return undefined;
  const read = asked.flatMap(({ work }, index) => resultIn(results[index], work) ?? []);
  return read.length === asked.length ? read : undefined;
}

const outcomes: readonly unknown[] = [
  'handled',
  'duplicate',
  'unrouted',
  'dead-lettered',
  'failed',
  'blocked',
  'deferred',
  'stale',
  'refused',
] satisfies readonly ReplayOutcome[];

function resultIn(result: unknown, work: ReplayWork): ReplayResult | undefined {
  if (!isObject(result)) return undefined;
  const { outcome, attempts, error, letterIds } = result;
  const isMeant =
    outcomes.includes(outcome) &&
    // A letter that would be written for a letter is the same letter: its message must stay.
    // (One without a route becomes a letter for each route that fails.)
    !(outcome === 'dead-lettered' && work.kind === 'letter' && work.route !== null) &&
    Number.isSafeInteger(attempts) &&
    Number(attempts) >= 0 &&
    (error === undefined || isLetterError(error)) &&
    Array.isArray(letterIds) &&
    letterIds.every((id) => typeof id === 'string');
  return isMeant ? (result as unknown as ReplayResult) : undefined;
}

const isLetterError = (error: unknown): error is Letter['error'] =>
  isObject(error) &&
  ['name', 'message', 'stack'].every((field) => typeof error[field] === 'string') &&
  Array.isArray(error['issues']) &&
  error['issues'].every(
    (issue) => isObject(issue) && typeof issue['path'] === 'string' && typeof issue['message'] === 'string',
  );

function judgeBatchResponse(
  response: unknown,
  asked: readonly AskedWork[],
  description: string,
): readonly ReplayResult[] {
  const isDone = judgeFailures(
    response,
    asked.map(({ record }) => sequenceNumberOf(record)),
  );
  const named = failedResult(
    isDone === undefined
      ? `${description} answered with batchItemFailures that Lambda takes for a failure of the whole batch`
      : `${description} named the record, or one before it, among its batchItemFailures`,
    { attempts: 1 },
  );
  return asked.map(({ work }, index) => {
    if (work.kind === 'letter') return unaware(description, 1);
    return isDone?.(index) === true ? handledResult : named;
  });
}

export const unaware = (description: string, attempts = 0): ReplayResult =>
  failedResult(
    `${description} does not know how to replay a letter: deploy it with this version of Spillway`,
    { attempts },
  );

/**
 * Which records a partial response leaves as done; undefined if it fails them all. Lambda's batches are of one shard, what
 * is replayed may be of several: so a record is done only if it stands before every named one, in the event and in number.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
function judgeFailures(
  response: unknown,
  numbers: readonly string[],
): ((index: number) => boolean) | undefined {
  if (response === '' || isEmpty(response)) return () => true;
  const failures = isObject(response) ? response['batchItemFailures'] : 'none';
  if (isEmpty(failures)) return () => true;
  if (!Array.isArray(failures)) return undefined;
  const named = new Set(failures.map((failure: unknown) => isObject(failure) && failure['itemIdentifier']));
  const places = numbers.flatMap((number, index) => (named.has(number) ? [index] : []));
  const known = new Set(places.map((place) => numbers[place]));
  const [first] = places;
  const lowest = numbers.filter((number) => known.has(number)).toSorted(compareSequenceNumbers)[0];
  if (first === undefined || lowest === undefined || known.size < named.size) return undefined;
  return (index) => index < first && compareSequenceNumbers(numbers[index] ?? lowest, lowest) < 0;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);
