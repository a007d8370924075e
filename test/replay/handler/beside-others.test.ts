import { setTimeout as later } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createHandlerIn } from '../../../src/create-handler.ts';
import type { Letter } from '../../../src/dead-letter/letter.ts';
import type { HandlerOptions } from '../../../src/handler-options.ts';
import { PermanentError } from '../../../src/index.ts';
import { anyItem } from '../../../src/routing/entity.ts';
import { createRouter } from '../../../src/routing/router.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import type { MemoryLedger } from '../../../src/testing/index.ts';
import { insertRecord, lambdaContext, memoryLedger, streamEvent } from '../../../src/testing/index.ts';
import { outcomesOf, replayLetters } from './replay-requests.ts';

interface Item {
  readonly pk: string;
  readonly n: number;
}

const insert = (pk: string, n: number) => insertRecord({ pk, n }, { eventId: `${pk}${n}` });
const never = () => new Promise<never>(() => undefined);

/** On the real clock: what happens at the same time is the matter here. */
function stage(ledger: MemoryLedger, options: HandlerOptions = {}) {
  const runs: string[] = [];
  const letters: Letter[] = [];
  const state = { broken: true, slowMs: 0, afterLetter: () => Promise.resolve() };
  const router = createRouter().onInsert('all', anyItem<Item>(), async ({ newImage: { pk, n } }) => {
    if (state.broken) throw new PermanentError('not now');
    runs.push(`${pk}${n}`);
    await later(state.slowMs);
  });
  const handler = createHandlerIn(systemRuntime, router, {
    ledger,
    log: 'off',
    deadLetters: {
      async send(letter) {
        letters.push(letter);
        await state.afterLetter();
      },
    },
    ...options,
  });
  return { runs, letters, state, handler };
}

describe('a replay beside others', () => {
  it('Promise 4: lets one of two replays at the same time run a letter, and tells the other that it is done', async () => {
    const its = stage(memoryLedger());
    await its.handler(streamEvent(insert('A', 1)), lambdaContext());
    Object.assign(its.state, { broken: false, slowMs: 50 });
    const both = await Promise.all([
      replayLetters(its.handler, its.letters),
      replayLetters(its.handler, its.letters),
    ]);
    expect(both.map((results) => outcomesOf(results)[0]).toSorted()).toEqual(['duplicate', 'handled']);
    expect(its.runs).toEqual(['A1']);
  });

  it.each(['claim', 'record'] as const)(
    'Promise 4: runs a letter once that it takes up before the ledger has heard of it, with the guarantee "%s"',
    async (guarantee) => {
      const its = stage(memoryLedger({ guarantee }));
      let replay: Promise<unknown> | undefined;
      its.state.afterLetter = async () => {
        Object.assign(its.state, { broken: false, slowMs: 50 });
        replay ??= replayLetters(its.handler, its.letters.slice(0, 1), { remainingMs: 3_000 });
        await later(20);
      };
      await its.handler(streamEvent(insert('A', 1)), lambdaContext());
      await replay;
      expect(outcomesOf(await replayLetters(its.handler, its.letters.slice(0, 1)))).toEqual(['duplicate']);
      expect(its.runs).toEqual(['A1']);
    },
  );
});

describe('a replay whose time is over', () => {
  it.each(['markReplayed', 'lastReplayed'] as const)(
    'Promise 7: answers before that, though the ledger hangs in %s',
    async (method) => {
      const ledger = memoryLedger();
      const its = stage(ledger);
      await its.handler(streamEvent(insert('A', 1)), lambdaContext());
      its.state.broken = false;
      const { items } = ledger.ledger;
      if (items === undefined) throw new Error('the ledger remembers items');
      const hanging = { ...ledger.ledger, items: { ...items, [method]: never } };
      const hung = stage(Object.assign(memoryLedger(), { ledger: hanging }), { deadlineMarginMs: 500 });
      hung.state.broken = false;
      const startedAt = performance.now();
      await replayLetters(hung.handler, its.letters, { remainingMs: 1_500 });
      expect(performance.now() - startedAt).toBeLessThan(1_500);
    },
  );

  it('Promise 7: takes no place and sends no letter for a change of a parked item', async () => {
    const ledger = memoryLedger();
    const parking = { afterDeadLetter: 'park-item', deadlineMarginMs: 500 } as const;
    const first = stage(ledger, parking);
    await first.handler(streamEvent(insert('A', 1)), lambdaContext());
    const { ledger: original } = ledger;
    const slow = {
      ...original,
      open: (options: Parameters<typeof original.open>[0]) => {
        const session = original.open(options);
        const take: typeof session.take = async (work) => {
          await later(700);
          return session.take(work);
        };
        return { ...session, take };
      },
    };
    const its = stage(Object.assign(memoryLedger(), { ledger: slow }), parking);
    const response = await its.handler(streamEvent(insert('A', 2)), lambdaContext({ remainingMs: 1_000 }));
    expect(response.batchItemFailures).toHaveLength(1);
    await later(300);
    expect(its.letters).toEqual([]);
  });
});
