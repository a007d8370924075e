import type { DynamoDBStreamEvent } from 'aws-lambda';
import type { Contestant } from '../contestants/contestant.ts';
import { createWork, expectedSink } from '../contestants/work.ts';
import { readEventFile } from '../events/event-files.ts';
import { parseEvent } from '../events/event-text.ts';
import type { BatchSize } from '../plan.ts';
import { recordsPerSample, warmUpMs } from '../plan.ts';
import type { RoundTimes } from './outcome.ts';
import { timeBatches } from './run-batches.ts';

/**
 * One round of one contestant: one sample of each size, as in a warm function, where each event is parsed right before its
 * batch and no garbage is collected that need not be. @throws Error if it does not do its work
 */
export async function measureTimes(contestant: Contestant, directory: string): Promise<RoundTimes> {
  const { looks, recordsPerItem } = contestant;
  const work = createWork();
  const run = await contestant.load(work);

  const sample = async (size: BatchSize): Promise<number> => {
    const text = readEventFile(directory, { records: size, recordsPerItem });
    const count = recordsPerSample / size;
    const { records, sum } = expectedSink([parseEvent(text)], looks);
    const expected = { records: count * records, sum: count * sum };
    // V8 compiles while it runs.
    for (const until = performance.now() + warmUpMs; performance.now() < until;) await run(parseEvent(text));
    return timeBatches(run, parsed(text, count), { work, expected });
  };
  return {
    bySize: {
      100: await sample(100),
      10: await sample(10),
      1_000: await sample(1_000),
      10_000: await sample(10_000),
    },
  };
}

function* parsed(text: string, count: number): Generator<DynamoDBStreamEvent> {
  for (let batch = 0; batch < count; batch += 1) yield parseEvent(text);
}
