import { describe, expect, it } from 'vitest';
import type { Freshness, JudgeFreshness } from '../../../src/replay/engine/run-options.ts';
import type { Piece } from '../../../src/replay/engine/piece.ts';
import { createFreshnessOfParts } from '../../../src/replay/freshness/freshness-of-parts.ts';
import { changeOf, letterOf } from './run-scripted.ts';

/** One item with many letters, judged ten at a time; the state of the item can be changed in between. */
function hotItem(length: number) {
  let isChanged = false;
  let compared = 0;
  let reads = 0;
  const judge: JudgeFreshness = (items) =>
    Promise.resolve(
      items.map((records) => {
        compared += records.length;
        // Up to the fifth change something lies between that is not among them.
        return records.map((record): Freshness => ({
          kind: isChanged || changeOf(record) < 5 ? 'stale' : 'fresh',
        }));
      }),
    );
  const read = (work: number): Piece => {
    reads += 1;
    return { kind: 'letter', letter: letterOf('hot', work), attributes: {} };
  };
  const plan = { lengthOf: () => length, workAt: (_: number, place: number) => place };
  const judgeParts = createFreshnessOfParts({ plan, read, judge });
  return {
    turn: async (place: number) => {
      const works = Array.from({ length: Math.min(10, length - place) }, (_, index) => place + index);
      const [freshnessAt] = await judgeParts([{ lane: 0, place, works }]);
      return works.map((one) => freshnessAt?.(one)?.kind);
    },
    change: (is: boolean) => (isChanged = is),
    counts: () => ({ compared, reads }),
  };
}

describe('the freshness of an item with many letters', () => {
  it('costs no more for each letter however many there are', async () => {
    const item = hotItem(500);
    const verdicts = [];
    for (let place = 0; place < 500; place += 10) verdicts.push(...(await item.turn(place)));
    expect(verdicts).toEqual(Array.from({ length: 500 }, (_, place) => (place < 5 ? 'stale' : 'fresh')));
    const { compared, reads } = item.counts();
    expect(compared).toBeLessThan(600);
    expect(reads).toBeLessThan(3_000);
  });

  it('is lost for all of them when the item changes meanwhile, and found again when it is as it was', async () => {
    const item = hotItem(100);
    expect(new Set(await item.turn(10))).toEqual(new Set(['fresh']));
    item.change(true);
    expect(new Set(await item.turn(20))).toEqual(new Set(['stale']));
    expect(new Set(await item.turn(30))).toEqual(new Set(['stale']));
    item.change(false);
    expect(new Set(await item.turn(40))).toEqual(new Set(['fresh']));
  });
});
