/** What is to be undone at the end of a block, the last first. Node.js 22 has no AsyncDisposableStack. */
export interface CleanUp {
  readonly defer: (undo: () => unknown) => void;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Everything is undone, whatever fails of it; the first error is thrown at the end. */
export function createCleanUp(): CleanUp {
  const undoing: (() => unknown)[] = [];
  return {
    defer: (undo) => void undoing.push(undo),
    [Symbol.asyncDispose]: async () => {
      const failures: unknown[] = [];
      for (const undo of undoing.toReversed())
        try {
          await undo();
        } catch (error) {
          failures.push(error);
        }
      if (failures.length > 0) throw failures[0];
    },
  };
}
