import { LedgerError } from '../errors.ts';
import type { Checkpoint, SettledWork } from './checkpoint-data.ts';
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-data.ts';
import type { Entry, SettledAs } from './entry.ts';
import { completedEntry, isExpired } from './entry.ts';
import { reach } from './reach.ts';
import type { Store } from './store.ts';
import { ledgerKey } from './work.ts';

/** The batch of an invocation, by its bounds. */
export interface Batch {
  readonly consumer: string;
  readonly eventSourceArn: string;
  readonly first: string;
  readonly last: string;
}

/** What earlier deliveries have left to a batch. */
export interface Inherited {
  readonly settled: SettledWork;
  /** Whether another delivery would find all of it from each of the bounds alone. */
  readonly isFoundFromEach: boolean;
}

/** Three parts, where the key of a piece of work has four. */
export const checkpointKey = (
  { consumer, eventSourceArn }: Pick<Batch, 'consumer' | 'eventSourceArn'>,
  sequenceNumber: string,
): string => ledgerKey([consumer, eventSourceArn, sequenceNumber]);

/**
 * A delivery that was tried before begins where it began then or was told to go on, or ends where it ended: its second
 * half after a bisect, or a batch whose first records have expired. Only these cost a second read.
 * @param bounds under whose numbers to look
 * @throws LedgerError
 */
export async function readInherited(
  store: Store,
  batch: Batch,
  bounds: readonly string[],
  now: () => number,
): Promise<Inherited> {
  const readAll = async (sequenceNumbers: readonly string[]) =>
    new Map(
      await Promise.all(
        sequenceNumbers.map(
          async (one) => [one, await readCheckpoint(store, checkpointKey(batch, one), now)] as const,
        ),
      ),
    );
  const atBounds = await readAll([...new Set(bounds)]);
  const homes = new Set([...atBounds.values()].flatMap(homeOf));
  const found = new Map([...atBounds, ...(await readAll([...homes].filter((home) => !atBounds.has(home))))]);

  const settled = unite([...found.values()], batch.first);
  const isAllFoundFrom = (one: Checkpoint | undefined): boolean =>
    countOf(unite([one, ...homeOf(one).map((home) => found.get(home))], batch.first)) === countOf(settled);
  return { settled, isFoundFromEach: [...atBounds.values()].every(isAllFoundFrom) };
}

const homeOf = (checkpoint: Checkpoint | undefined): readonly string[] =>
  checkpoint?.kind === 'pointer' ? [checkpoint.home] : [];

/** What lies before the batch will not be delivered again, and would be carried on for ever. */
function unite(checkpoints: readonly (Checkpoint | undefined)[], first: string): SettledWork {
  const from = BigInt(first);
  const settled = new Map<bigint, ReadonlyMap<string | null, SettledAs>>();
  for (const checkpoint of checkpoints) {
    for (const [number, routes] of checkpoint?.settled ?? []) {
      if (number >= from) settled.set(number, new Map([...routes, ...(settled.get(number) ?? [])]));
    }
  }
  return settled;
}

const countOf = (settled: SettledWork): number =>
  [...settled.values()].reduce((sum, routes) => sum + routes.size, 0);

async function readCheckpoint(store: Store, key: string, now: () => number): Promise<Checkpoint | undefined> {
  const entry = await reach(store, 'read a checkpoint', () => store.read(key));
  if (entry === undefined || isExpired(entry, now())) return undefined;
  try {
    return decodeCheckpoint(entry.data);
  } catch (cause) {
    throw new LedgerError(
      `the ledger (${store.description}) could not make out the checkpoint "${key}": it is damaged, or a later version ` +
        'wrote it. Deploy that version, or delete the entry, and handlers may run again on records that are settled.',
      { cause },
    );
  }
}

export const checkpointEntry = (
  batch: Batch,
  sequenceNumber: string,
  checkpoint: Checkpoint,
  expiresAtSeconds: number,
): Entry => ({
  ...completedEntry(checkpointKey(batch, sequenceNumber), 'handled', { expiresAtSeconds }),
  data: encodeCheckpoint(checkpoint),
});
