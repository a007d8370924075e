import { BrokenPromiseError } from '../errors.ts';
import type { OutcomeName } from '../processing/outcome.ts';
import { isSettled } from '../processing/outcome.ts';
import { sequenceNumberOf } from '../stream/read-record.ts';
import type { RawRecord } from '../stream/record.ts';
import { compareSequenceNumbers } from '../stream/sequence-number.ts';

/**
 * What the function answers Lambda; not readonly, so that it fits the types that others have of it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[];
}

/**
 * Passes on a response that keeps promise 1 and no other: it is empty if everything is settled, and otherwise names the
 * lowest unsettled sequence number. Lambda takes an empty response for complete success, so a wrong one loses records.
 * @throws BrokenPromiseError
 */
export function checkedResponse(
  response: BatchResponse,
  records: readonly RawRecord[],
  outcomes: readonly OutcomeName[],
): BatchResponse {
  if (outcomes.length !== records.length)
    throw new BrokenPromiseError(
      `${records.length} records have ${outcomes.length} outcomes; the batch fails`,
    );
  const named = response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  const expected = firstUnsettled(records, outcomes);
  const holds = expected === undefined ? named.length === 0 : named.length === 1 && named[0] === expected;
  if (!holds)
    throw new BrokenPromiseError(
      `the response names ${named.join(', ') || 'no record'} and the first unsettled one is ${expected ?? 'none'}; the batch fails`,
    );
  return { batchItemFailures: named.map((itemIdentifier) => ({ itemIdentifier })) };
}

function firstUnsettled(records: readonly RawRecord[], outcomes: readonly OutcomeName[]): string | undefined {
  let lowest: string | undefined;
  records.forEach((record, index) => {
    const outcome = outcomes[index];
    if (outcome !== undefined && isSettled(outcome)) return;
    const number = sequenceNumberOf(record);
    if (lowest === undefined || compareSequenceNumbers(number, lowest) < 0) lowest = number;
  });
  return lowest;
}
