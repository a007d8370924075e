import { expect } from 'vitest';
import { LedgerError } from '../../src/errors.ts';
import { createCheckpointLedger } from '../../src/idempotency/checkpoint-ledger.ts';
import type { Entry, SettledAs } from '../../src/idempotency/entry.ts';
import type { Hold, RecordWork } from '../../src/idempotency/session.ts';
import type { Store } from '../../src/idempotency/store.ts';
import type { TestClock } from './checkpoint-store.ts';
import { memoryStore, timersOf } from './checkpoint-store.ts';

export const flushMs = 1_000;
const eventSourceArn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000';

export interface ModelRecord {
  readonly sequenceNumber: string;
  readonly routes: readonly string[];
}

/** What outlives a delivery. */
export interface World {
  readonly clock: TestClock;
  readonly entries: Map<string, Entry>;
  /** From 0 up to, not including, `n`. */
  readonly pick: (n: number) => number;
  /** Whether reads and writes may fail. */
  readonly isFaulty: boolean;
  /** What was ever settled, and how. */
  readonly truth: Map<string, SettledAs>;
  /** What must be answered `settled` to a delivery that begins, or ends, with the record. */
  readonly promisedFrom: Map<string, ReadonlySet<string>>;
  readonly promisedTo: Map<string, ReadonlySet<string>>;
  /** Off where deliveries are not those of Lambda, so that no more than the truth is asked for. */
  readonly isPromising: boolean;
  readonly seen: Record<'promisesKept' | 'crashes' | 'flushes' | 'silentBatches', number>;
}

export type Ending =
  | { readonly kind: 'success' }
  | { readonly kind: 'partial'; readonly from: number }
  | { readonly kind: 'error' };

const nameOf = ({ sequenceNumber, route }: RecordWork) => `${sequenceNumber}/${route ?? ''}`;

/** One invocation with a batch: it does some of the work, in any order, and ends well or badly. */
export async function deliver(world: World, batch: readonly ModelRecord[]): Promise<Ending> {
  const { clock, pick, truth, seen } = world;
  const sequenceNumbers = batch.map(({ sequenceNumber }) => sequenceNumber);
  const [first = '', last = ''] = [sequenceNumbers[0], sequenceNumbers.at(-1)];
  const promised = union(world.promisedFrom.get(first), world.promisedTo.get(last));
  const promise = (works: ReadonlySet<string>, starts: readonly string[]): void => {
    for (const start of starts) world.promisedFrom.set(start, union(world.promisedFrom.get(start), works));
    world.promisedTo.set(last, union(world.promisedTo.get(last), works));
  };
  const own = new Set<string>();
  const timers = timersOf(clock);
  const onTheWay = timersOf(clock);
  const line = openLine(world, onTheWay.after, () => {
    const known = union(promised, own);
    return () => promise(known, [first]);
  });
  const isFresh = world.entries.size === 0;
  const startedAt = clock.now();
  const abort = new AbortController();
  const session = createCheckpointLedger(line.store, { expiresAfterSeconds: 172_800, flushMs }).open({
    consumer: 'orders',
    eventSourceArn,
    sequenceNumbers,
    runtime: { now: clock.now, random: () => 0.5, sleep: () => Promise.resolve(), after: timers.after },
    untilTimeoutMs: () => 60_000,
    signal: abort.signal,
  });

  const left = batch.flatMap(({ sequenceNumber, routes }) =>
    routes.map((route): RecordWork => ({
      consumer: 'orders',
      route,
      eventSourceArn,
      eventId: sequenceNumber,
      sequenceNumber,
    })),
  );
  const settled = new Set<string>();
  const held: { readonly work: RecordWork; readonly hold: Hold }[] = [];
  let isLoaded = false;
  let settledLate = 0;

  const take = async (): Promise<void> => {
    const [work] = left.splice(pick(left.length), 1);
    if (work === undefined) return;
    const taken = await clock.until(retrying(world, () => session.take(work)));
    isLoaded = true;
    const name = nameOf(work);
    if (taken.kind === 'settled') {
      expect(truth.get(name), `${name} was never settled as it was said`).toBe(taken.as);
      settled.add(name);
      if (promised.has(name)) seen.promisesKept += 1;
    } else if (taken.kind === 'mine') {
      if (world.isPromising) expect(promised.has(name), `${name} runs again`).toBe(false);
      held.push({ work, hold: taken.hold });
    }
  };
  const complete = async (): Promise<void> => {
    const [one] = held.splice(pick(held.length), 1);
    if (one === undefined) return;
    const as = truth.get(nameOf(one.work)) ?? (pick(4) === 0 ? 'dead-lettered' : 'handled');
    truth.set(nameOf(one.work), as);
    settled.add(nameOf(one.work));
    own.add(nameOf(one.work));
    if (abort.signal.aborted) settledLate += 1;
    await one.hold.complete(as);
  };
  const crash = (): Ending => {
    // What it had in memory was all to be found again, if it had nothing left to write.
    if (isLoaded && line.failed() === 0 && !line.isBusy()) promise(promised, [first]);
    timers.cancel();
    onTheWay.cancel();
    line.die();
    session.abandon();
    seen.crashes += 1;
    return { kind: 'error' };
  };

  const { pace, crashesAt, abortsAt, failing } = planFor(2 * left.length, pick);
  for (let step = 0; left.length + held.length > failing; step += 1) {
    if (step === crashesAt) return crash();
    if (step >= abortsAt) abort.abort();
    if (left.length > 0 && (held.length === 0 || pick(2) === 0)) await take();
    else await complete();
    await clock.advance(pick(pace));
  }
  if (crashesAt < Infinity && pick(2) === 0) return crash();

  const from = batch.findIndex(({ sequenceNumber, routes }) =>
    routes.some((route) => !settled.has(`${sequenceNumber}/${route}`)),
  );
  const known = union(promised, own);
  const firstUnsettled = sequenceNumbers[from];
  const failedBefore = line.failed();
  await clock.until(retrying(world, () => session.close(firstUnsettled)));
  const closeTries = line.failed() - failedBefore;
  if (firstUnsettled !== undefined) promise(known, [first, firstUnsettled]);
  const durationMs = clock.now() - startedAt;
  expect(line.puts()).toBeLessThanOrEqual(Math.floor(durationMs / flushMs) + 3 + settledLate + closeTries);
  const isSoon = durationMs < flushMs && !abort.signal.aborted;
  if (isFresh && isSoon && firstUnsettled === undefined && line.failedReads() === 0) {
    expect([line.rounds(), line.puts()]).toEqual([1, 0]);
    seen.silentBatches += 1;
  }
  // A read may be left: of two at once the one that failed was enough.
  expect([timers.waiting(), line.isBusy()], 'timers or puts are left').toEqual([0, false]);
  session.abandon();
  // Lambda may not hear of it.
  if (pick(6) === 0) return crash();
  return from < 0 ? { kind: 'success' } : { kind: 'partial', from };
}

const planFor = (steps: number, pick: World['pick']) => ({
  pace: [1, 200, 1_500][pick(3)] ?? 1,
  crashesAt: pick(3) === 0 ? pick(steps + 2) : Infinity,
  abortsAt: pick(4) === 0 ? pick(steps + 2) : Infinity,
  /** Some handlers fail, and their work stays unsettled. */
  failing: pick(3) === 0 ? pick(3) : 0,
});

async function retrying<Result>({ clock }: World, operation: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await operation();
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      await new Promise<void>((resolve) => clock.after(10, resolve));
    }
  }
}

/** The way to the store, which takes time, fails, and ends with the invocation. */
function openLine(
  { entries, pick, isFaulty, seen }: World,
  after: (ms: number, call: () => void) => () => void,
  onPut: () => () => void,
) {
  const pending = new Set<readonly Entry[]>();
  const memory = memoryStore(entries);
  let [puts, rounds, failed, failedReads] = [0, 0, 0, 0];
  let isInRound = false;
  const wait = (ms: number) => new Promise<void>((resolve) => void after(ms, resolve));
  const writeSome = (written: readonly Entry[]) => memory.put(written.filter(() => pick(2) === 0));

  const store: Store = {
    ...memory,
    async read(key) {
      if (!isInRound) rounds += 1;
      isInRound = true;
      queueMicrotask(() => (isInRound = false));
      await wait(5 + pick(20));
      if (!isFaulty || pick(8) > 0) return memory.read(key);
      failedReads += 1;
      throw new Error('the read failed');
    },
    async put(written) {
      expect(new Set(written.map(({ key }) => key)).size, 'one request names a key once').toBe(
        written.length,
      );
      expect(pending.size, 'one put at a time').toBe(0);
      puts += 1;
      const succeed = onPut();
      pending.add(written);
      await wait(5 + pick(pick(4) === 0 ? 2 * flushMs : 30));
      pending.delete(written);
      if (!isFaulty || pick(4) > 0) {
        await memory.put(written);
        succeed();
        seen.flushes += 1;
        return;
      }
      failed += 1;
      await writeSome(written);
      throw new Error('the write failed');
    },
  };
  return {
    store,
    puts: () => puts,
    rounds: () => rounds,
    failed: () => failed,
    failedReads: () => failedReads,
    isBusy: () => pending.size > 0,
    /** What is on its way may still arrive. */
    die: () => pending.forEach((written) => void writeSome(written)),
  };
}

const union = (a: ReadonlySet<string> = new Set(), b: ReadonlySet<string> = new Set()): ReadonlySet<string> =>
  new Set([...a, ...b]);
