import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Run } from '../contestants/contestant.ts';
import type { Sink, Work } from '../contestants/work.ts';

/**
 * Runs a batch for each event; what it takes to get at the events is not counted.
 * @returns microseconds per record
 * @throws Error if not every record was handled, with the data that is in it
 */
export async function timeBatches(
  run: Run,
  events: Iterable<DynamoDBStreamEvent>,
  { work, expected }: { readonly work: Work; readonly expected: Sink },
): Promise<number> {
  work.drain();
  let milliseconds = 0;
  for (const event of events) {
    const startedAt = performance.now();
    await run(event);
    milliseconds += performance.now() - startedAt;
  }
  const { records, sum } = work.drain();
  if (records !== expected.records) throw new Error(`handled ${records} of ${expected.records} records`);
  if (sum !== expected.sum) throw new Error(`saw other data: the sum is ${sum}, not ${expected.sum}`);
  return (milliseconds * 1_000) / records;
}
