import { hash, randomUUID } from 'node:crypto';
import { LedgerError } from '../errors.ts';
import type { Entry } from './entry.ts';
import { completedEntry, isExpired } from './entry.ts';
import type { Clock, ItemMemory, ItemName, ParkingPlace } from './item-memory.ts';
import type { ParkedItem } from './parked-item.ts';
import { isWaiting, keepPlace, leavePlace, spanOf, takePlace, turnAt } from './parked-item.ts';
import { reach } from './reach.ts';
import type { Store } from './store.ts';
import { ledgerKey } from './work.ts';

/** Longer than any queue keeps a letter (14 days): counted from the last letter that joined.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const parkedForSeconds = 15 * 86_400;

/** How often another's word about the same item may come in between. */
const tries = 10;

/** What is remembered of items, in the store where the entries of their changes are. */
export function storeItems(store: Store, expiresAfterSeconds: number): ItemMemory {
  const read = (key: string): Promise<Entry | undefined> =>
    reach(store, 'read what it knows of an item', () => store.read(key));
  const write = (what: string, use: () => ReturnType<Store['replace']>) => reach(store, what, use);
  const entryFor = (key: string, parked: ParkedItem, { now }: Clock): Entry => ({
    key,
    // Each writing has an owner of its own: by it the next one knows that nothing came in between.
    owner: randomUUID(),
    status: 'INPROGRESS',
    leaseEndsAtMs: 0,
    expiresAtSeconds: Math.ceil(now() / 1_000) + parkedForSeconds,
    data: JSON.stringify(parked),
  });

  /** Writes what comes after what is there, again if another came before. */
  const change = async <Result>(
    item: ItemName,
    clock: Clock,
    next: (parked: ParkedItem | undefined) => {
      readonly become: ParkedItem | 'open' | 'same';
      readonly result: Result;
    },
  ): Promise<Result> => {
    const key = parkedKey(item);
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const seen = await read(key);
      const { become, result } = next(parkedIn(seen, clock));
      if (become === 'same') return result;
      const written =
        become === 'open'
          ? await write('open a parked item', () => store.remove({ key, owner: seen?.owner ?? '' }))
          : await write('park an item', () => putOver(store, entryFor(key, become, clock), seen));
      if (written.kind === 'written') return result;
    }
    throw new LedgerError(
      `the ledger (${store.description}) could not park or open an item: others change its entry all the time`,
    );
  };

  const same = { become: 'same', result: undefined } as const;
  const find = async (item: ItemName, clock: Clock): Promise<ParkedItem | undefined> =>
    parkedIn(await read(parkedKey(item)), clock);

  return {
    async find(item, clock) {
      const parked = await find(item, clock);
      return parked !== undefined && isWaiting(parked) ? spanOf(parked) : undefined;
    },
    park: (item, letter, clock) =>
      change(item, clock, (parked) => {
        const { become, place } = takePlace(parked, letter, randomUUID);
        return { become, result: place };
      }),
    join: (item, letter, clock) =>
      change<ParkingPlace | undefined>(item, clock, (parked) => {
        if (parked === undefined || !isWaiting(parked)) return same;
        const { become, place } = takePlace(parked, letter, randomUUID);
        return { become, result: place };
      }),
    kept: (item, place, clock) =>
      change(item, clock, (parked) =>
        parked === undefined ? same : { become: keepPlace(parked, place), result: undefined },
      ),
    turnOf: async (item, place, clock) => turnAt(await find(item, clock), place),
    leave: (item, place, clock) =>
      change(item, clock, (parked) =>
        parked === undefined ? same : { become: leavePlace(parked, place), result: undefined },
      ),
    open: (item, clock) =>
      change(item, clock, (parked) =>
        parked === undefined
          ? { become: 'same', result: false }
          : { become: 'open', result: isWaiting(parked) },
      ),
    async lastReplayed(item, { now }) {
      const entry = await read(replayedKey(item));
      return entry !== undefined && !isExpired(entry, now()) && typeof entry.data === 'string'
        ? entry.data
        : undefined;
    },
    markReplayed: (item, sequenceNumber, { now }) =>
      reach(store, 'remember a replay', () =>
        store.put([
          {
            ...completedEntry(replayedKey(item), 'handled', {
              expiresAtSeconds: Math.ceil(now() / 1_000) + expiresAfterSeconds,
            }),
            data: sequenceNumber,
          },
        ]),
      ),
  };
}

/** Five parts, as nothing else has that ends so. */
const parkedKey = (item: ItemName): string => itemKey(item, 'parked');
const replayedKey = (item: ItemName): string => itemKey(item, 'replayed');
const itemKey = ({ consumer, eventSourceArn, item }: ItemName, what: string): string =>
  ledgerKey([consumer, eventSourceArn, hash('sha256', item), 'item', what]);

/** An entry without places was begun by one who then died: the item is open. */
function parkedIn(entry: Entry | undefined, { now }: Clock): ParkedItem | undefined {
  if (entry === undefined || isExpired(entry, now()) || typeof entry.data !== 'string') return undefined;
  // Written by `entryFor`.
  return JSON.parse(entry.data) as ParkedItem;
}

/** A new entry is first claimed and then written, for a claim is what the store can insert. */
async function putOver(store: Store, entry: Entry, seen: Entry | undefined) {
  if (seen !== undefined) return store.replace(entry, seen);
  const claim: Entry = { ...entry, data: undefined };
  const inserted = await store.insert(claim);
  return inserted.kind === 'written' ? store.replace(entry, claim) : inserted;
}
