import { setTimeout as wait } from 'node:timers/promises';
import type { Invoke } from '../../src/local/index.ts';
import { startEventSourceMapping, startLocalStack } from '../../src/local/index.ts';
import type { FirstLine } from './functions/first-line.ts';
import { handler } from './functions/first-line.ts';
import type { HandlerPlace } from './functions/start.ts';
import { startBenchFunction } from './functions/start.ts';
import type { Aim, Series } from './series.ts';
import { createTable } from './table.ts';

const puts = 500;
const warmUpPuts = 30;
const shortestGapMs = 5;
const longestGapMs = 60;

const aims: readonly Aim[] = [
  { figure: 'median', is: 'at most', value: 25 },
  { figure: 'percentile99', is: 'at most', value: 100 },
];

/**
 * From a PutItem to the handler's first line, on the engine: single items at random distances, so that some are written
 * while the one before is still under way.
 */
export async function measureLatency(place: HandlerPlace): Promise<readonly Series[]> {
  const items = await putAndHandle(place, puts, async (put, index) => {
    await wait(shortestGapMs + Math.random() * (longestGapMs - shortestGapMs));
    await put(`item-${index}`);
  });
  const label = `PutItem to the first line, handler ${place}`;
  return [
    { label: `${label}, from the call`, unit: 'ms', values: items.map(fromCall), aims },
    { label: `${label}, from the answer`, unit: 'ms', values: items.map(fromAnswer), aims: [] },
  ];
}

const pairs = 60;
/** Longer than the mapping sleeps between two reads, so that nothing but its own wake-up brings the second. */
const silenceMs = 300;

/** Two items shortly after each other and then none: the second is written about when the mapping looks for more. */
export async function measurePairs(): Promise<readonly Series[]> {
  const items = await putAndHandle('here', pairs, async (put, index) => {
    await put(`first-${index}`);
    await wait(5 + Math.random() * 8);
    await put(`second-${index}`);
    await wait(silenceMs);
  });
  const values = items.filter(({ id }) => id.startsWith('second')).map(fromCall);
  return [{ label: 'the same, the second of two and then silence', unit: 'ms', values, aims }];
}

/** Moments in nanoseconds of the machine's monotonic clock. */
interface HandledItem {
  readonly id: string;
  readonly calledAt: bigint;
  readonly answeredAt: bigint;
  readonly begunAt: bigint;
}

const fromCall = ({ begunAt, calledAt }: HandledItem): number => Number(begunAt - calledAt) / 1e6;
const fromAnswer = ({ begunAt, answeredAt }: HandledItem): number => Number(begunAt - answeredAt) / 1e6;

type Put = (id: string) => Promise<void>;

/** Runs the step so often, and tells of each item that it has put. */
async function putAndHandle(
  place: HandlerPlace,
  times: number,
  step: (put: Put, index: number) => Promise<void>,
): Promise<readonly HandledItem[]> {
  await using stack = await startLocalStack();
  const table = await createTable(stack);
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.defer(table.close);
  const running = place === 'here' ? undefined : cleanUp.use(await startBenchFunction('first-line'));
  const begun = new Map<string, bigint>();
  const note = ({ at, ids }: FirstLine) => ids.forEach((id) => begun.set(id, BigInt(at)));
  const mapping = await startEventSourceMapping({
    EventSourceArn: table.streamArn,
    StartingPosition: 'TRIM_HORIZON',
    stack,
    invoke: running ? { invoke: noting(running.invoke, note) } : async (event) => note(await handler(event)),
  });
  cleanUp.defer(() => mapping.stop());

  for (let index = 0; index < warmUpPuts; index += 1) await table.put(`warm-${index}`);
  await mapping.untilCaughtUp();
  const written: Omit<HandledItem, 'begunAt'>[] = [];
  const put: Put = async (id) => {
    const calledAt = process.hrtime.bigint();
    await table.put(id);
    written.push({ id, calledAt, answeredAt: process.hrtime.bigint() });
  };
  for (let index = 0; index < times; index += 1) await step(put, index);
  await mapping.untilCaughtUp();
  return written.map((item) => {
    const begunAt = begun.get(item.id);
    if (begunAt === undefined) throw new Error(`${item.id} was never handled`);
    return { ...item, begunAt };
  });
}

const noting =
  (invoke: Invoke, note: (line: FirstLine) => void): Invoke =>
  async (eventJson, abandoning) => {
    const invocation = await invoke(eventJson, abandoning);
    // What the handler has returned, by way of JSON.
    if (invocation.result.kind === 'returned') note(invocation.result.response as FirstLine);
    return invocation;
  };
