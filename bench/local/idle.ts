import { setTimeout as wait } from 'node:timers/promises';
import { startEventSourceMapping, startLocalStack } from '../../src/local/index.ts';
import { descendantsCpuMs } from './process-times.ts';
import type { Series } from './series.ts';
import { createTable } from './table.ts';

const settleMs = 2_000;
const watchMs = 10_000;

/** The processor time that a stack takes on which nothing happens: without a mapping, with one, with two. */
export async function measureIdle(): Promise<readonly Series[]> {
  await using stack = await startLocalStack();
  const table = await createTable(stack);
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(table.close);
  await table.put('one');

  const all: Series[] = [];
  for (const mappings of [0, 1, 2]) {
    if (mappings > 0) {
      const mapping = await startEventSourceMapping({
        EventSourceArn: table.streamArn,
        StartingPosition: 'TRIM_HORIZON',
        stack,
        invoke: () => undefined,
      });
      cleanUp.defer(() => mapping.stop());
    }
    all.push(...(await watch(`idle, mappings: ${mappings}`)));
  }
  return all;
}

async function watch(label: string): Promise<readonly Series[]> {
  await wait(settleMs);
  const startedAt = performance.now();
  const here = process.cpuUsage();
  const engineMs = descendantsCpuMs('dynoxide');
  await wait(watchMs);
  const used = process.cpuUsage(here);
  const elapsedMs = performance.now() - startedAt;
  const percent = (ms: number) => (ms / elapsedMs) * 100;
  const ofHere = percent((used.user + used.system) / 1_000);
  const ofEngine = percent(descendantsCpuMs('dynoxide') - engineMs);
  const unit = '% of a core';
  return [
    { label: `${label}, this process`, unit, values: [ofHere], aims: [] },
    { label: `${label}, DynamoDB`, unit, values: [ofEngine], aims: [] },
    {
      label: `${label}, both`,
      unit,
      values: [ofHere + ofEngine],
      aims: [{ figure: 'median', is: 'at most', value: 2 }],
    },
  ];
}
