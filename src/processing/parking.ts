import type { ItemMemory, ItemName, ParkedSpan, ParkingPlace } from '../idempotency/item-memory.ts';
import type { Arrival } from '../idempotency/parked-item.ts';
import { workId } from '../idempotency/work.ts';
import type { Runtime } from '../runtime.ts';
import { compareSequenceNumbers } from '../stream/sequence-number.ts';
import { itemNameOf } from './item-of.ts';
import type { Task } from './task.ts';

/** Sends the letter of a change; resolves when it is safely kept. */
export type SendParked = (place: ParkingPlace | undefined) => Promise<void>;

/**
 * `afterDeadLetter: 'park-item'`: once a change of an item has become a letter, its later changes follow it to the dead
 * letters, in order, until a replay has settled them all.
 */
export interface Parking {
  /** Sends a change's letter, and parks its item. */
  readonly begin: (task: Task, send: SendParked) => Promise<void>;
  /** If the change stands behind a letter of its item: sends its own to where that is. False: it is to be handled. */
  readonly follow: (task: Task, send: (place: ParkingPlace) => Promise<void>) => Promise<boolean>;
}

/** For one invocation, which has a shard's changes to itself: what it has read of an item stays true until it says otherwise. */
export function createParking(items: ItemMemory, clock: Pick<Runtime, 'now'>): Parking {
  const spans = new Map<string, Promise<ParkedSpan | undefined>>();
  const turns = new Map<string, Promise<unknown>>();

  const look = (item: ItemName): Promise<ParkedSpan | undefined> => {
    const key = nameOf(item);
    const known = spans.get(key);
    if (known !== undefined) return known;
    const looking = items.find(item, clock);
    spans.set(key, looking);
    looking.catch(() => spans.delete(key));
    return looking;
  };
  /** The next look asks the ledger. */
  const forget = (item: ItemName): void => void spans.delete(nameOf(item));
  /** A place is taken when the letter before is kept: so only the last one may be taken and not sent. */
  const inTurn = async <Result>(item: ItemName, act: () => Promise<Result>): Promise<Result> => {
    const key = nameOf(item);
    const mine = (turns.get(key) ?? Promise.resolve()).catch(() => undefined).then(act);
    turns.set(key, mine);
    return mine;
  };
  /** If that cannot be told, the next letter gets the same place, and they run in the order of their changes. */
  const tellKept = (item: ItemName, place: ParkingPlace): Promise<void> =>
    items.kept(item, place, clock).catch(() => undefined);

  return {
    async begin(task, send) {
      const item = itemNameOf(task.consumer, task.record);
      // A change of an unknown item leaves a gap in no item's history that could be told.
      if (item === undefined) return send(undefined);
      await inTurn(item, async () => {
        const place = await items.park(item, arrivalOf(task), clock);
        await send(place);
        await tellKept(item, place);
        forget(item);
      });
    },
    async follow(task, send) {
      const item = itemNameOf(task.consumer, task.record);
      const span = item && (await look(item));
      // There is no gap before the change that began it, for its other routes, nor before what came before it.
      if (item === undefined || span === undefined || !isLater(task.sequenceNumber, span.first)) return false;
      return inTurn(item, async () => {
        const place = await items.join(item, arrivalOf(task), clock);
        if (place === undefined) forget(item);
        else {
          await send(place);
          await tellKept(item, place);
        }
        return place !== undefined;
      });
    },
  };
}

const arrivalOf = (task: Task): Arrival => ({
  letterId: workId(task),
  sequenceNumber: task.sequenceNumber,
});

const isLater = (one: string, other: string): boolean => compareSequenceNumbers(one, other) > 0;

const nameOf = ({ eventSourceArn, item }: ItemName): string => `${eventSourceArn} ${item}`;
