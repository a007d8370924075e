import type { EventSourceMappingOptions } from '../../src/local/index.ts';
import { startEventSourceMapping } from '../../src/local/index.ts';
import { exactStreamsClient } from '../../src/stream/exact-streams-client.ts';
import { handler } from './functions/do-nothing.ts';
import type { HandlerPlace } from './functions/start.ts';
import { startBenchFunction } from './functions/start.ts';
import { readBare } from './read-bare.ts';
import type { Series } from './series.ts';
import type { ServedStream } from './served-stream.ts';
import { servedRecords, serveStream } from './served-stream.ts';

export interface ThroughputSetting {
  readonly handler: HandlerPlace;
  readonly batchSize: number;
  readonly parallelizationFactor: number;
}

const rounds = 7;

/** 10,000 records through a handler that does nothing, from the start of the mapping until it has caught up. */
export async function measureThroughput(setting: ThroughputSetting): Promise<readonly Series[]> {
  using stream = await serveStream();
  await using cleanUp = new AsyncDisposableStack();
  const invoke = setting.handler === 'here' ? handler : cleanUp.use(await startBenchFunction('do-nothing'));
  const first = await mapAll(stream, setting, invoke);
  await readBare(stream, exactStreamsClient);
  const took: { readonly mappedMs: number; readonly readMs: number }[] = [];
  for (let round = 0; round < rounds; round += 1)
    took.push({
      readMs: await readBare(stream, exactStreamsClient),
      mappedMs: await mapAll(stream, setting, invoke),
    });

  const label = `10,000 records, handler ${setting.handler}, batches of ${setting.batchSize}, lanes: ${setting.parallelizationFactor}`;
  const perSecond = (ms: number) => (servedRecords / ms) * 1_000;
  return [
    {
      label,
      unit: 'records/s',
      values: took.map(({ mappedMs }) => perSecond(mappedMs)),
      aims: [{ figure: 'median', is: 'at least', value: 20_000 }],
    },
    { label: `${label}, first in its process`, unit: 'records/s', values: [perSecond(first)], aims: [] },
    {
      label: `${label}, as long as reading alone`,
      unit: '×',
      values: took.map(({ mappedMs, readMs }) => mappedMs / readMs),
      aims: [],
    },
  ];
}

async function mapAll(
  { streamArn, stack }: ServedStream,
  { batchSize, parallelizationFactor }: ThroughputSetting,
  invoke: EventSourceMappingOptions['invoke'],
): Promise<number> {
  const startedAt = performance.now();
  await using mapping = await startEventSourceMapping({
    EventSourceArn: streamArn,
    StartingPosition: 'TRIM_HORIZON',
    BatchSize: batchSize,
    ParallelizationFactor: parallelizationFactor,
    invoke,
    stack,
  });
  await mapping.untilCaughtUp();
  const elapsedMs = performance.now() - startedAt;
  const { InvokedEventCount } = mapping.metrics();
  if (InvokedEventCount !== servedRecords)
    throw new Error(`${InvokedEventCount} of ${servedRecords} records were handled`);
  return elapsedMs;
}
