import { setTimeout as wait } from 'node:timers/promises';
import { createStream } from './batches.ts';
import { contestantOf } from './contestants.ts';
import { countingClient } from './counting-client.ts';
import type { Delivery } from './delivery.ts';
import { checkHandled, createCalls, deliver, sumOf } from './delivery.ts';
import { createLedgerTable } from './table.ts';

/** What is measured in a process of its own. Plain data: it goes there as text. */
export interface Turn {
  readonly contestant: string;
  readonly endpoint: string;
  readonly tableName: string;
  /** How long the handler of a record waits; 0: it does next to nothing. */
  readonly handlerMs: number;
}

/** What one turn gave: its batches, and the same when they came a second time, summed up. */
export interface Round {
  readonly first: Delivery;
  readonly again: Delivery;
}

const batchSize = 1_000;
const warmUpMs = 3_000;
/** Batches are delivered until they have taken this long together. */
const measureMs = 3_000;
const mostBatches = 30;

/** Each batch is delivered, and at once a second time: a checkpoint looks back no further. */
export async function measureRound({ contestant: id, endpoint, tableName, handlerMs }: Turn): Promise<Round> {
  const contestant = contestantOf(id);
  await using cleanUp = new AsyncDisposableStack();
  cleanUp.use(await createLedgerTable(endpoint, tableName));
  const counting = cleanUp.use(countingClient(endpoint));
  const calls = createCalls();
  const run = await contestant.load({
    client: counting.client,
    tableName,
    handle: async (eventId) => {
      if (handlerMs > 0) await wait(handlerMs);
      calls.note(eventId);
    },
  });
  const next = createStream();
  const deliverTwice = async (records: number): Promise<Round> => {
    const text = next(records);
    const first = await deliver(text, run, counting, calls);
    const again = await deliver(text, run, counting, calls);
    checkHandled(first, again, contestant);
    return { first, again };
  };

  const warmUntil = performance.now() + warmUpMs;
  while (performance.now() < warmUntil) await deliverTwice(contestant.warmUpRecords);

  const rounds: Round[] = [];
  let spentMs = 0;
  while (spentMs < measureMs && rounds.length < mostBatches) {
    const round = await deliverTwice(batchSize);
    rounds.push(round);
    spentMs += round.first.ms;
  }
  return { first: sumOf(rounds.map(({ first }) => first)), again: sumOf(rounds.map(({ again }) => again)) };
}
