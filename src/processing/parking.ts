import type { ItemMemory, ItemName, ParkingPlace } from '../idempotency/item-memory.ts';
import { workId } from '../idempotency/work.ts';
import type { Runtime } from '../runtime.ts';
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
  /** If the change's item is parked: sends its letter to where the others are. False: it is not, and nothing was sent. */
  readonly follow: (task: Task, send: (place: ParkingPlace) => Promise<void>) => Promise<boolean>;
}

/** For one invocation, which has a shard's changes to itself: what it has read of an item stays true until it says otherwise. */
export function createParking(items: ItemMemory, clock: Pick<Runtime, 'now'>): Parking {
  const isParked = new Map<string, Promise<boolean>>();
  const turns = new Map<string, Promise<unknown>>();

  const look = (item: ItemName): Promise<boolean> => {
    const key = nameOf(item);
    const known = isParked.get(key);
    if (known !== undefined) return known;
    const looking = items.isParked(item, clock);
    isParked.set(key, looking);
    looking.catch(() => isParked.delete(key));
    return looking;
  };
  /** A place is taken when the letter before is kept: so only the last one of an item may be taken and not sent. */
  const inTurn = async <Result>(item: ItemName, act: () => Promise<Result>): Promise<Result> => {
    const key = nameOf(item);
    const mine = (turns.get(key) ?? Promise.resolve()).catch(() => undefined).then(act);
    turns.set(key, mine);
    return mine;
  };

  return {
    async begin(task, send) {
      const item = itemNameOf(task.consumer, task.record);
      // A change of an unknown item leaves a gap in no item's history that could be told.
      if (item === undefined) return send(undefined);
      await inTurn(item, async () => {
        const place = await items.park(item, workId(task), clock);
        isParked.set(nameOf(item), Promise.resolve(true));
        await send(place);
      });
    },
    async follow(task, send) {
      const item = itemNameOf(task.consumer, task.record);
      if (item === undefined || !(await look(item))) return false;
      return inTurn(item, async () => {
        const place = await items.join(item, workId(task), clock);
        isParked.set(nameOf(item), Promise.resolve(place !== undefined));
        if (place !== undefined) await send(place);
        return place !== undefined;
      });
    },
  };
}

const nameOf = ({ eventSourceArn, item }: ItemName): string => `${eventSourceArn} ${item}`;
