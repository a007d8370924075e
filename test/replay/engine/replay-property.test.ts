import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runReplay } from '../../../src/replay/engine/run-replay.ts';
import { letterOf, pointerBody, recordOfChange, scripted } from './run-scripted.ts';

const items = ['a', 'b', 'c', 'd'];

/** A message of the queue: letters of a change, or a pointer to some changes. */
const anyMessage = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('letter' as const),
      change: fc.nat(11),
      route: fc.nat(1),
      copies: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('pointer' as const),
      changes: fc.uniqueArray(fc.nat(11), { minLength: 1, maxLength: 4 }),
      copies: fc.integer({ min: 1, max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('foreign' as const), copies: fc.constant(1) }) },
);

const anyCase = fc.record({
  messages: fc.array(anyMessage, { maxLength: 25 }),
  /** By change: what comes of it, once and then again and again. */
  outcomes: fc.array(
    fc.constantFrom(
      'handled',
      'handled',
      'handled',
      'duplicate',
      'failed',
      'refused',
      'deferred once',
      'unrouted',
      'stale' as const,
    ),
    { minLength: 12, maxLength: 12 },
  ),
  concurrency: fc.integer({ min: 1, max: 5 }),
  picks: fc.infiniteStream(fc.nat(1_000)),
  /** After which request it is interrupted. */
  interruptedAfter: fc.option(fc.nat(6), { nil: undefined }),
  takesNoLetters: fc.boolean(),
});

const itemOf = (change: number): string => items[change % items.length] ?? '';

describe('a replay, whatever lies in the queue and whatever comes of it', () => {
  it('keeps the order of each item, settles nothing twice, loses nothing and gives all back that it leaves', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyCase,
        async ({ messages, outcomes, concurrency, picks, interruptedAfter, takesNoLetters }) => {
          const deferred = new Set<string>();
          let requests = 0;
          const replay = scripted({
            options: { concurrency },
            queue: { pick: (count) => Number(picks.next().value) % count },
            script: ({ change, letterId }) => {
              const outcome = outcomes[change] ?? 'handled';
              if (outcome !== 'deferred once') return outcome;
              const name = letterId ?? `record ${change}`;
              if (deferred.has(name)) return 'handled';
              deferred.add(name);
              return 'deferred';
            },
            during: () => {
              requests += 1;
              if (interruptedAfter !== undefined && requests > interruptedAfter) replay.interrupt();
              return new Promise(setImmediate);
            },
          });
          replay.refuses.send = takesNoLetters;
          const put = new Map<string, readonly string[]>();
          messages.forEach((message, index) => {
            const { body, works } = bodyOf(message, index);
            for (let copy = 0; copy < message.copies; copy += 1) put.set(replay.put({ body }), works);
          });

          const summary = await runReplay(replay.options);
          const settledNames = new Set<string>();
          for (const item of items) {
            const ran = replay.ran.filter((one) => one.item === item);
            const final = ran.filter(({ outcome }) => outcome !== 'deferred' && outcome !== 'blocked');
            const changes = final.map(({ change }) => change);
            expect(changes).toEqual(changes.toSorted((a, b) => a - b));
            const unsettledAt = final.findIndex(({ outcome }) =>
              ['failed', 'refused', 'stale'].includes(outcome),
            );
            expect(unsettledAt === -1 || unsettledAt === final.length - 1).toBe(true);
          }
          for (const [name, count] of countsOf(replay.ran)) {
            expect(count.settled).toBeLessThanOrEqual(1);
            expect(count.failed).toBeLessThanOrEqual(1);
            if (count.settled === 1) settledNames.add(name);
          }
          // Deleted if all its work is settled, or if the letter was written anew; and then only.
          for (const [id, works] of put) {
            const isSettled = works.length > 0 && works.every((name) => settledNames.has(name));
            const isAnew =
              !takesNoLetters &&
              works.length === 1 &&
              works[0]?.startsWith('record') === false &&
              failedIn(replay.ran, works[0]);
            expect([id, replay.messages.has(id)]).toEqual([id, !isSettled && !isAnew]);
          }
          expect(replay.visible()).toHaveLength(replay.messages.size);
          expect(summary.settled + summary.left).toBe(summary.selected);
          if (interruptedAfter === undefined) expect(summary.selected).toBe(put.size);
          const told = replay.events.filter(({ kind }) => kind === 'ran').length;
          const counted = Object.entries(summary.outcomes).reduce(
            (sum, [name, count]) => sum + (name === 'not run' ? 0 : count),
            0,
          );
          expect(told).toBe(counted);
          if (!summary.wasInterrupted) {
            expect(summary.outcomes['not run']).toBeUndefined();
            expect(told).toBe(new Set([...put.values()].flat()).size);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});

type Ran = ReturnType<typeof scripted>['ran'];

const nameOf = ({ letterId, change }: Ran[number]): string => letterId ?? `record ${change}`;

/** Records of pointers have no name of their own in a request, so a change is in one pointer at most. */
function bodyOf(message: { readonly kind: string } & Record<string, unknown>, index: number) {
  switch (message['kind']) {
    case 'letter': {
      const change = Number(message['change']);
      const letter = letterOf(itemOf(change), change, { route: `route-${String(message['route'])}` });
      return { body: JSON.stringify(letter), works: [letter.id] };
    }
    case 'pointer': {
      // Numbers beyond those of the letters.
      const changes = (message['changes'] as readonly number[]).map((change) => (index + 1) * 12 + change);
      const records = changes.map((change) => recordOfChange(itemOf(change), change));
      return {
        body: pointerBody(`pointer-${index}`, records),
        works: changes.map((change) => `record ${change}`),
      };
    }
    default:
      return { body: 'no letter', works: [] };
  }
}

function countsOf(ran: Ran) {
  const counts = new Map<string, { settled: number; failed: number }>();
  for (const one of ran) {
    const count = counts.get(nameOf(one)) ?? { settled: 0, failed: 0 };
    if (['handled', 'duplicate', 'unrouted'].includes(one.outcome)) count.settled += 1;
    if (one.outcome === 'failed') count.failed += 1;
    counts.set(nameOf(one), count);
  }
  return counts;
}

const failedIn = (ran: Ran, name: string | undefined): boolean =>
  ran.some((one) => nameOf(one) === name && one.outcome === 'failed');
