import { randomUUID } from 'node:crypto';
import { BrokenPromiseError } from '../errors.ts';
import type { SettledWork } from './checkpoint-data.ts';
import type { Batch } from './checkpoint-entries.ts';
import { checkpointEntry, readInherited } from './checkpoint-entries.ts';
import type { Entry, SettledAs } from './entry.ts';
import { completedEntry, standingOf } from './entry.ts';
import { reach } from './reach.ts';
import type { Hold, Ledger, LedgerSession, RecordWork, SessionOptions } from './session.ts';
import type { Store } from './store.ts';
import { workKey } from './work.ts';

export interface CheckpointOptions {
  /** How long a checkpoint is remembered. More than the stream's 24 hours. */
  readonly expiresAfterSeconds: number;
  /** How long a settled record may be remembered in memory only. */
  readonly flushMs: number;
}

/**
 * Remembers what a redelivery needs, and no more: a batch that ends well within `flushMs` costs one read and no write. In
 * return a crash runs again what was settled since the last flush.
 */
export const createCheckpointLedger = (store: Store, options: CheckpointOptions): Ledger => ({
  // Nothing that is asked for or told costs a request of its own.
  ahead: 0,
  open(session) {
    const batch = batchOf(session);
    return batch === undefined ? sessionOfNothing : openSession(store, options, session, batch);
  },
});

function batchOf({ consumer, eventSourceArn, sequenceNumbers }: SessionOptions): Batch | undefined {
  const [first] = sequenceNumbers;
  const last = sequenceNumbers.at(-1);
  return first === undefined || last === undefined ? undefined : { consumer, eventSourceArn, first, last };
}

/** The last invocation of a window holds no records. */
const sessionOfNothing: LedgerSession = {
  take: ({ sequenceNumber }) =>
    Promise.reject(new BrokenPromiseError(`record ${sequenceNumber} is not of this batch, which has none`)),
  close: () => Promise.resolve(),
  abandon: () => undefined,
};

function openSession(
  store: Store,
  { expiresAfterSeconds, flushMs }: CheckpointOptions,
  { runtime, signal }: SessionOptions,
  batch: Batch,
): LedgerSession {
  const { first, last } = batch;
  /** By which a commit whose answer was lost is known for ours. */
  const owner = randomUUID();
  const settled = new Map<bigint, Map<string | null, SettledAs>>();
  let inherited: SettledWork = new Map();
  /** How much there was to write so far, and how much of it is written. */
  let known = 0;
  let written = 0;
  let pointerIsWritten = first === last;
  let loading: Promise<void> | undefined;
  let flushing: Promise<void> | undefined;
  let state: 'open' | 'closed' | 'abandoned' = 'open';

  const expiresAtSeconds = () => Math.ceil(runtime.now() / 1_000) + expiresAfterSeconds;
  const mark = ({ sequenceNumber, route, eventSourceArn }: RecordWork, as: SettledAs): void => {
    if (eventSourceArn !== batch.eventSourceArn) return;
    const number = BigInt(sequenceNumber);
    const routes = settled.get(number) ?? new Map<string | null, SettledAs>();
    settled.set(number, routes.set(route, as));
    known += 1;
    if (signal.aborted) flush();
  };

  const learn = (found: SettledWork): void => {
    for (const [number, routes] of found)
      settled.set(number, new Map([...routes, ...(settled.get(number) ?? [])]));
  };

  const load = async (): Promise<void> => {
    const found = await readInherited(store, batch, [first, last], runtime.now);
    inherited = found.settled;
    learn(inherited);
    if (found.isFoundFromEach) return;
    // At once, so that the halves of this batch find it too, should the invocation end badly.
    known += 1;
    flush();
  };
  const loaded = (): Promise<void> =>
    (loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    }));

  /** All that is known. What lies beyond our end is for the other half of a bisect, which comes after us. */
  const home = (sequenceNumber: string): Entry =>
    checkpointEntry(batch, sequenceNumber, { kind: 'home', settled }, expiresAtSeconds());
  /** Holds what it may write over, for the home beside it may not arrive. */
  const pointer = (): Entry =>
    checkpointEntry(batch, last, { kind: 'pointer', home: first, settled: inherited }, expiresAtSeconds());

  const put = async (entries: readonly Entry[]): Promise<void> => {
    const upTo = known;
    await reach(store, 'write a checkpoint', () => store.put(entries));
    written = upTo;
    pointerIsWritten = true;
  };

  /** One at a time. One that fails is repeated with the next tick. */
  function flush(): void {
    if (state !== 'open' || flushing !== undefined || written === known) return;
    const upTo = known;
    flushing = put(pointerIsWritten ? [home(first)] : [home(first), pointer()])
      .catch(() => undefined)
      .then(() => {
        flushing = undefined;
        if (signal.aborted && known > upTo) flush();
      });
  }
  const tick = (): void => {
    flush();
    cancelTick = runtime.after(flushMs, tick);
  };
  let cancelTick = runtime.after(flushMs, tick);
  signal.addEventListener('abort', flush, { once: true });
  // Overlaps with the reading of the batch. Whoever takes first hears of a failure, or tries again.
  void loaded().catch(() => undefined);

  const holdOn = (work: RecordWork): Hold => ({
    confirm: () => Promise.resolve('kept'),
    complete(as) {
      mark(work, as);
      return Promise.resolve('kept');
    },
    release: () => Promise.resolve('kept'),
    async commit(writes) {
      const entry = completedEntry(workKey(work), 'handled', { owner, expiresAtSeconds: expiresAtSeconds() });
      const result = await store.commit(writes, entry, 'unclaimed', runtime.now());
      if (result.kind === 'written') {
        mark(work, 'handled');
        return 'kept';
      }
      const standing = result.found && standingOf(result.found, runtime.now());
      // An unfinished claim is that of a run with `guarantee: 'claim'`, and may still be released.
      if (standing?.kind !== 'settled') return 'lost';
      mark(work, standing.as);
      return 'settled';
    },
  });

  const stop = (how: 'closed' | 'abandoned'): void => {
    if (state !== 'abandoned') state = how;
    cancelTick();
    signal.removeEventListener('abort', flush);
  };
  const isAbandoned = () => state === 'abandoned';

  return {
    async take(work) {
      await loaded();
      // Numbers are those of one stream, and Lambda's batches are of one. Of another one nothing is remembered.
      const as =
        work.eventSourceArn === batch.eventSourceArn
          ? settled.get(BigInt(work.sequenceNumber))?.get(work.route)
          : undefined;
      return as === undefined ? { kind: 'mine', hold: holdOn(work) } : { kind: 'settled', as };
    },
    async close(firstUnsettled) {
      stop('closed');
      // It would else arrive after what is written now, and be older; and Lambda would freeze it on its way.
      await flushing;
      if (firstUnsettled === undefined) return;
      await loaded();
      if (settled.size === 0 || (firstUnsettled === first && written === known)) return;
      // Nothing is written over unread: another delivery may have been told to go on there, and have done so.
      if (firstUnsettled !== first && firstUnsettled !== last)
        learn((await readInherited(store, batch, [firstUnsettled], runtime.now)).settled);
      if (isAbandoned()) return;
      // The last one too, though a pointer would do: each of them may be the only one that arrives.
      await put([...new Set([first, firstUnsettled, last])].map(home));
    },
    abandon: () => stop('abandoned'),
  };
}
