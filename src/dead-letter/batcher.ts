export interface BatcherOptions<Entry> {
  readonly maxCount: number;
  readonly maxBytes: number;
  readonly bytesOf: (entry: Entry) => number;
  /** Sends a batch; resolves to what each entry failed with, in the entries' order (`undefined`: sent). Rejects if none was sent. */
  readonly send: (batch: readonly Entry[]) => Promise<readonly (Error | undefined)[]>;
}

export interface Batcher<Entry> {
  /** Resolves when the entry was sent; rejects with its own failure. */
  add(entry: Entry): Promise<void>;
}

interface Pending<Entry> {
  readonly entry: Entry;
  readonly sent: () => void;
  readonly failed: (error: unknown) => void;
}

/** Entries added in one turn of the event loop travel together, as far as the limits allow; nothing waits longer. */
export function createBatcher<Entry>(options: BatcherOptions<Entry>): Batcher<Entry> {
  let pending: Pending<Entry>[] = [];

  const flush = (): void => {
    const taken = pending;
    pending = [];
    for (const batch of cut(taken, options)) void deliver(batch, options);
  };
  return {
    add: (entry) =>
      new Promise((sent, failed) => {
        if (pending.length === 0) setImmediate(flush);
        pending.push({ entry, sent, failed });
      }),
  };
}

function cut<Entry>(
  entries: readonly Pending<Entry>[],
  { maxCount, maxBytes, bytesOf }: BatcherOptions<Entry>,
): readonly (readonly Pending<Entry>[])[] {
  const batches: Pending<Entry>[][] = [];
  let room = 0;
  for (const one of entries) {
    const bytes = bytesOf(one.entry);
    const last = batches.at(-1);
    if (last !== undefined && last.length < maxCount && bytes <= room) {
      last.push(one);
      room -= bytes;
    } else {
      batches.push([one]);
      room = maxBytes - bytes;
    }
  }
  return batches;
}

async function deliver<Entry>(
  batch: readonly Pending<Entry>[],
  { send }: BatcherOptions<Entry>,
): Promise<void> {
  try {
    const failures = await send(batch.map(({ entry }) => entry));
    batch.forEach(({ sent, failed }, index) => {
      const failure = failures[index];
      if (failure === undefined) sent();
      else failed(failure);
    });
  } catch (error) {
    for (const { failed } of batch) failed(error);
  }
}
