/** How many handlers run at once. A record has a slot while its handler runs, and none while it only waits. */
export interface Slots {
  /** Whether a record may begin. */
  readonly hasRoom: boolean;
  /** Whether one that rested wants to come back. */
  readonly isWanted: boolean;
  enter(): void;
  leave(): void;
  /** Gives the slot back for as long as `wait` takes, and takes the next that is free. */
  readonly rest: (wait: () => Promise<void>) => Promise<void>;
}

/** @param onRoom called when a slot has become free, and nobody who rested wants it */
export function createSlots(count: number, onRoom: () => void): Slots {
  const returning: (() => void)[] = [];
  let taken = 0;
  const leave = (): void => {
    const next = returning.shift();
    if (next !== undefined) next();
    else {
      taken -= 1;
      onRoom();
    }
  };
  return {
    get hasRoom() {
      return taken < count;
    },
    get isWanted() {
      return returning.length > 0;
    },
    enter: () => void (taken += 1),
    leave,
    async rest(wait) {
      leave();
      await wait();
      if (taken < count) taken += 1;
      else await new Promise<void>((resolve) => returning.push(resolve));
    },
  };
}
