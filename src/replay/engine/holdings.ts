import { createBatcher } from '../../dead-letter/batcher.ts';
import { ReplayError } from '../../errors.ts';
import type { QueueMessage } from '../queue/queue.ts';
import { isRefusal } from '../queue/queue-error.ts';
import type { RunOptions } from './run-options.ts';
import type { Spool, SpoolPlace } from './spool.ts';
import { createNumbering } from './numbering.ts';

/** The messages that a replay has received, by numbers in the order of their arrival, and what SQS is told of them. */
export interface Holdings {
  /** How many are held at present. */
  readonly heldCount: number;
  /** How many are deleted for all that is known. */
  readonly settledCount: number;
  /** @param sinceMs when the receive began: from then on others do not get it */
  take(message: QueueMessage, sinceMs: number): { readonly number: number; readonly isNew: boolean };
  sentAtMsOf(number: number): number;
  idOf(number: number): string;
  /** The message is deleted when so many pieces more are settled. */
  expect(number: number, pieces: number): void;
  settlePiece(number: number): void;
  /** Deletes what is not settled, for it lies elsewhere now. */
  discard(number: number): void;
  /** Prolongs what is held; what SQS does not prolong is lost to us. */
  prolong(): Promise<void>;
  /** Resolves to those that others may have by now. */
  lostOf(numbers: readonly number[]): Promise<ReadonlySet<number>>;
  /** Resolves when SQS has answered all deletions. */
  flush(): Promise<void>;
  /**
   * Resolves when there are not too many deletions that SQS has not answered.
   * @throws ReplayError if SQS refuses to let these credentials delete or keep: nothing more is to run then
   */
  catchUp(): Promise<void>;
  /** Gives back what is held. Never rejects: what is not taken comes back by itself. */
  giveBack(): Promise<void>;
}

/** `lost`: others may have it, or get it soon. `gone`: deleted, or about to be. */
type State = 'held' | 'lost' | 'gone';

/** SQS keeps a message from others for 12 hours at most, from its receive on.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html */
const longestMs = 43_200_000;
const receiptsAtOnce = 400;
const deletionsAtOnce = 200;

export function createHoldings(
  {
    queue,
    runtime,
    visibilitySeconds,
    onEvent,
  }: Pick<RunOptions, 'queue' | 'runtime' | 'visibilitySeconds' | 'onEvent'>,
  spool: Spool,
): Holdings {
  const visibilityMs = visibilitySeconds * 1_000;
  const ids = createNumbering();
  // A column for each fact: an object for each message would take several times the memory.
  const states: State[] = [];
  const places = createPlaces();
  const receivedAtMs: number[] = [];
  const keptUntilMs: number[] = [];
  const sentAtMs: number[] = [];
  const piecesLeft: number[] = [];
  const deletions = new Set<Promise<void>>();
  const counts = { held: 0, settled: 0 };
  let refusal: ReplayError | undefined;
  let hasDeleted = false;

  /** Receipt and id, which are long, and seldom needed. */
  const wordsOf = (number: number): readonly [receipt: string, id: string] => {
    const [receipt = '', id = ''] = spool.read(places.at(number)).split('\n');
    return [receipt, id];
  };
  const receiptOf = (number: number): string => wordsOf(number)[0];
  const turn = (number: number, state: State): void => {
    counts.held += Number(state === 'held') - Number(states[number] === 'held');
    states[number] = state;
  };
  const lose = (number: number, what: string, error: unknown): void => {
    turn(number, 'lost');
    onEvent({ kind: 'trouble', what: `message ${wordsOf(number)[1]} ${what}`, error });
  };

  /** @returns whether it stands in the way of all, and is told of once, as what ended the replay */
  const noteRefusal = (error: unknown): boolean => {
    if (!isRefusal(error)) return false;
    refusal ??= error;
    return true;
  };
  const cannotKeep = (error: unknown): void => {
    if (!noteRefusal(error))
      onEvent({ kind: 'trouble', what: 'messages could not be kept from others', error });
  };

  const deleter = createBatcher<number>({
    maxCount: 10,
    maxBytes: Infinity,
    bytesOf: () => 0,
    send: async (numbers) => {
      const receipts = numbers.map(receiptOf);
      const untaken = new Set(await queue.delete(receipts));
      return receipts.map((receipt) =>
        untaken.has(receipt) ? new ReplayError('SQS does not know its receipt any more') : undefined,
      );
    },
  });
  const remove = (number: number, onTaken: () => void): void => {
    turn(number, 'gone');
    const deletion = deleter
      .add(number)
      .then(() => {
        hasDeleted = true;
        onTaken();
      })
      .catch((error: unknown) => {
        if (noteRefusal(error)) turn(number, 'lost');
        else lose(number, 'could not be deleted, and may be seen again', error);
      })
      .finally(() => deletions.delete(deletion));
    deletions.add(deletion);
  };

  /** @returns the receipts that were not taken, or what kept the request from being answered */
  const keep = async (numbers: readonly number[]): Promise<void> => {
    const sinceMs = runtime.now();
    const receipts = numbers.map(receiptOf);
    const untaken = new Set(await queue.keep(receipts, visibilitySeconds));
    numbers.forEach((number, index) => {
      // It may have been deleted meanwhile, or received again.
      if (states[number] !== 'held' || receiptOf(number) !== receipts[index]) return;
      if (!untaken.has(receipts[index] ?? '')) keptUntilMs[number] = sinceMs + visibilityMs;
      else lose(number, 'could not be kept from others, and is not started any more', undefined);
    });
  };
  const flush = async (): Promise<void> => {
    while (deletions.size > 0) await Promise.all(deletions);
  };
  const keptMs = (number: number): number => (keptUntilMs[number] ?? 0) - runtime.now();
  const numbersIn = (state: State): readonly number[] =>
    states.flatMap((one, number) => (one === state ? [number] : []));

  return {
    get heldCount() {
      return counts.held;
    },
    get settledCount() {
      return counts.settled;
    },
    take(message, sinceMs) {
      const { number, isNew } = ids.numberOf(message.id);
      places.put(number, spool.append(`${message.receipt}\n${message.id}`));
      receivedAtMs[number] = sinceMs;
      keptUntilMs[number] = sinceMs + visibilityMs;
      if (isNew) {
        sentAtMs[number] = message.sentAtMs;
        piecesLeft[number] = Infinity;
      }
      // What was deleted and is seen again is deleted again.
      if (states[number] === 'gone') remove(number, () => undefined);
      else turn(number, 'held');
      return { number, isNew };
    },
    sentAtMsOf: (number) => sentAtMs[number] ?? 0,
    idOf: (number) => wordsOf(number)[1],
    expect: (number, pieces) => void (piecesLeft[number] = pieces),
    settlePiece(number) {
      const left = (piecesLeft[number] ?? Infinity) - 1;
      piecesLeft[number] = left;
      if (left === 0) remove(number, () => void (counts.settled += 1));
    },
    discard: (number) => remove(number, () => undefined),
    async prolong() {
      for (const numbers of chunks(numbersIn('held'))) {
        const [late, inTime] = partition(
          numbers,
          (number) => runtime.now() + visibilityMs > (receivedAtMs[number] ?? 0) + longestMs,
        );
        late.forEach((number) =>
          lose(number, 'was held for 12 hours, the longest that SQS allows', undefined),
        );
        await keep(inTime).catch(cannotKeep);
      }
    },
    async lostOf(numbers) {
      // A prolongation that is overdue is a sign that this process stood still: ask before going on.
      const doubtful = numbers.filter(
        (number) => states[number] === 'held' && keptMs(number) < visibilityMs / 2,
      );
      if (doubtful.length > 0) await keep(doubtful).catch(cannotKeep);
      return new Set(numbers.filter((number) => states[number] !== 'held' || keptMs(number) <= 0));
    },
    flush,
    async catchUp() {
      // Whether these credentials may delete is known when one deletion was answered.
      if (!hasDeleted) await Promise.all(deletions);
      for (const deletion of deletions) {
        if (deletions.size <= deletionsAtOnce) break;
        await deletion;
      }
      if (refusal !== undefined) throw refusal;
    },
    async giveBack() {
      await flush();
      for (const numbers of chunks([...numbersIn('held'), ...numbersIn('lost')])) {
        await queue.keep(numbers.map(receiptOf), 0).catch((error: unknown) =>
          onEvent({
            kind: 'trouble',
            what: `messages could not be given back: they come back within ${visibilitySeconds} seconds`,
            error,
          }),
        );
      }
    },
  };
}

function* chunks(numbers: readonly number[]): Generator<readonly number[]> {
  for (let from = 0; from < numbers.length; from += receiptsAtOnce)
    yield numbers.slice(from, from + receiptsAtOnce);
}

const partition = (
  numbers: readonly number[],
  is: (number: number) => boolean,
): readonly [readonly number[], readonly number[]] => [
  numbers.filter(is),
  numbers.filter((number) => !is(number)),
];

/** Places in a spool, by number, in two columns. */
export function createPlaces() {
  const offsets: number[] = [];
  const lengths: number[] = [];
  return {
    put(number: number, { offset, length }: SpoolPlace): void {
      offsets[number] = offset;
      lengths[number] = length;
    },
    at: (number: number): SpoolPlace => ({ offset: offsets[number] ?? 0, length: lengths[number] ?? 0 }),
  };
}
