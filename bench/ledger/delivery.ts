import { parseEvent } from '../events/event-text.ts';
import type { LedgerContestant, Run } from './contestants.ts';
import type { CountingClient, Counts } from './counting-client.ts';

/** What one batch, or several, took. */
export interface Delivery extends Counts {
  readonly records: number;
  /** How many of them the handler was called for. */
  readonly handled: number;
  readonly ms: number;
  /** Processor time of the function's process: other work on the machine moves it less than the speed. */
  readonly cpuMs: number;
}

/** Whom the handler was called for. */
export interface Calls {
  readonly note: (eventId: string | undefined) => void;
  /** Those noted since the last time, which are forgotten. */
  readonly drain: () => readonly (string | undefined)[];
}

export function createCalls(): Calls {
  let noted: (string | undefined)[] = [];
  return {
    note: (eventId) => void noted.push(eventId),
    drain: () => {
      const drained = noted;
      noted = [];
      return drained;
    },
  };
}

/** Parsed anew each time, as by Lambda's runtime, which is not counted. @throws Error if not every record was settled once */
export async function deliver(
  text: string,
  run: Run,
  { drain }: Pick<CountingClient, 'drain'>,
  calls: Calls,
): Promise<Delivery> {
  const event = parseEvent(text);
  const ids = event.Records.map(({ eventID }) => eventID);
  drain();
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const { batchItemFailures } = await run(event);
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  const handled = calls.drain();
  if (batchItemFailures.length > 0)
    throw new Error(`${batchItemFailures.length} of ${ids.length} records failed`);
  const ofBatch = new Set(ids);
  if (new Set(handled).size < handled.length || handled.some((id) => !ofBatch.has(id)))
    throw new Error(`${handled.length} records were handled, some of them twice or of another batch`);
  return { ...drain(), records: ids.length, handled: handled.length, ms, cpuMs: (user + system) / 1_000 };
}

/** @throws Error if other records were handled than are to be */
export function checkHandled(
  first: Delivery,
  again: Delivery,
  { handledAgain }: Pick<LedgerContestant, 'handledAgain'>,
): void {
  if (first.handled !== first.records)
    throw new Error(`${first.handled} of ${first.records} records were handled`);
  const expected = handledAgain === 'none' ? 0 : again.records;
  if (again.handled !== expected)
    throw new Error(`${again.handled} of ${again.records} records were handled again, not ${handledAgain}`);
}

export const sumOf = (deliveries: readonly Delivery[]): Delivery =>
  deliveries.reduce((sum, one) => ({
    records: sum.records + one.records,
    handled: sum.handled + one.handled,
    ms: sum.ms + one.ms,
    cpuMs: sum.cpuMs + one.cpuMs,
    requests: sum.requests + one.requests,
    readUnits: sum.readUnits + one.readUnits,
    writeUnits: sum.writeUnits + one.writeUnits,
  }));
