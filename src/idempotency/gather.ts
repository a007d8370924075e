import type { Runtime } from '../runtime.ts';

/** What became of one entry of a request. */
export type Answer<Result> = { readonly result: Result } | { readonly error: unknown };

export interface GatherOptions<Wanted, Result> {
  /** How many fit into a request. */
  readonly most: number;
  /** A request may not name a key twice: DynamoDB would refuse the whole of it. */
  readonly keyOf: (wanted: Wanted) => string;
  /** Answers each entry, in their order. Rejects if no entry has an answer of its own. */
  readonly send: (batch: readonly Wanted[]) => Promise<readonly Answer<Result>[]>;
  readonly runtime: Pick<Runtime, 'after'>;
}

interface Waiting<Wanted, Result> {
  readonly wanted: Wanted;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** How long an entry may wait for others to fill its request, while another request is under way. */
const longestWaitMs = 10;
/** More than these would only wait for the same table. */
const mostUnderWay = 8;
/** After that long a request that hangs counts no more: others must not hang behind it. */
const longestCountedMs = 5_000;

/**
 * Gathers what is wanted at the same time into requests. What is wanted while nothing is under way goes in the same turn
 * of the event loop; while something is, what is not a full request waits for its answer, or for a few milliseconds.
 */
export function gather<Wanted, Result>(
  options: GatherOptions<Wanted, Result>,
): (wanted: Wanted) => Promise<Result> {
  const { most, keyOf, send, runtime } = options;
  let waiting: Waiting<Wanted, Result>[] = [];
  let underWay = 0;
  let scheduled = false;
  let cancel: (() => void) | undefined;
  let isOverdue = false;

  const deliver = async (batch: readonly Waiting<Wanted, Result>[]): Promise<void> => {
    underWay += 1;
    let isCounted = true;
    const uncount = (): void => {
      if (isCounted) underWay -= 1;
      isCounted = false;
      schedule();
    };
    const cancelCount = runtime.after(longestCountedMs, uncount);
    try {
      const answers = await send(batch.map(({ wanted }) => wanted));
      batch.forEach(({ resolve, reject }, index) => {
        const answer = answers[index];
        if (answer === undefined) reject(new Error('the answer has no entry for this one'));
        else if ('error' in answer) reject(answer.error);
        else resolve(answer.result);
      });
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      cancelCount();
      uncount();
    }
  };

  const flush = (): void => {
    while (waiting.length > 0 && underWay < mostUnderWay) {
      if (waiting.length < most && underWay > 0 && !isOverdue) break;
      const [batch, rest] = cut(waiting, most, keyOf);
      waiting = rest;
      void deliver(batch);
    }
    if (waiting.length > 0)
      cancel ??= runtime.after(longestWaitMs, () => {
        cancel = undefined;
        isOverdue = true;
        flush();
      });
    else {
      isOverdue = false;
      cancel?.();
      cancel = undefined;
    }
  };

  // After all that is ready to run: what it wants travels along.
  function schedule(): void {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      flush();
    });
  }

  return (wanted) =>
    new Promise((resolve, reject) => {
      waiting.push({ wanted, resolve, reject });
      schedule();
    });
}

function cut<Wanted, Result>(
  waiting: readonly Waiting<Wanted, Result>[],
  most: number,
  keyOf: (wanted: Wanted) => string,
): readonly [Waiting<Wanted, Result>[], Waiting<Wanted, Result>[]] {
  const keys = new Set<string>();
  const batch: Waiting<Wanted, Result>[] = [];
  const rest: Waiting<Wanted, Result>[] = [];
  for (const one of waiting) {
    const key = keyOf(one.wanted);
    if (batch.length < most && !keys.has(key)) {
      keys.add(key);
      batch.push(one);
    } else rest.push(one);
  }
  return [batch, rest];
}
