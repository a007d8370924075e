import { GCProfiler } from 'node:v8';
import type { Contestant, Run } from '../contestants/contestant.ts';
import type { Work } from '../contestants/work.ts';
import { createWork } from '../contestants/work.ts';
import { readEventFile } from '../events/event-files.ts';
import { parseEvent } from '../events/event-text.ts';
import { usualBatchSize } from '../plan.ts';
import { collectGarbage } from './collect-garbage.ts';
import type { Memory } from './outcome.ts';

/** Compiled code allocates less than code that is interpreted. */
const warmUpBatches = 15;

/** The heap of one batch of the usual size, in a process whose young generation is so large that nothing is collected. */
export async function measureMemory(contestant: Contestant, directory: string): Promise<Memory> {
  const { recordsPerItem } = contestant;
  const work = createWork();
  let onRecord = (): void => undefined;
  const run = await contestant.load(watched(work, () => onRecord()));
  const eventOf = (records: number) => parseEvent(readEventFile(directory, { records, recordsPerItem }));
  for (let batch = 0; batch < warmUpBatches; batch += 1) await run(eventOf(usualBatchSize));

  const allocated = await allocatedBy(run, eventOf(usualBatchSize));
  // Some keep a batch until the next one comes: that is to be a small one.
  await run(eventOf(10));
  work.drain();
  const event = eventOf(usualBatchSize);
  collectGarbage();
  const before = heapUsed();
  let held = NaN;
  let seen = 0;
  onRecord = () => {
    seen += 1;
    if (seen < usualBatchSize) return;
    collectGarbage();
    held = heapUsed() - before;
  };
  await run(event);
  // The event is named here so that it lives until here.
  const { length: records } = event.Records;
  return { allocated: allocated === undefined ? undefined : allocated / records, held: held / records };
}

async function allocatedBy(run: Run, event: Parameters<Run>[0]): Promise<number | undefined> {
  collectGarbage();
  const profiler = new GCProfiler();
  profiler.start();
  const before = heapUsed();
  await run(event);
  const growth = heapUsed() - before;
  const wasCollected = profiler.stop().statistics.length > 0;
  return wasCollected ? undefined : growth;
}

const heapUsed = (): number => process.memoryUsage().heapUsed;

const watched = (work: Work, onRecord: () => void): Work => ({
  images(newImage, oldImage) {
    onRecord();
    return work.images(newImage, oldImage);
  },
  key(keys) {
    onRecord();
    return work.key(keys);
  },
  drain: () => work.drain(),
});
