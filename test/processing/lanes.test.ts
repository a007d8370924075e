import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLanes } from '../../src/processing/lanes.ts';

/** Drives the lanes as `slots` workers would, ending the running record that `pick` says, settled or not as planned. */
function drive(
  plan: readonly { readonly lane: string; readonly settles: boolean }[],
  { othersGoOn, slots, picks }: { othersGoOn: boolean; slots: number; picks: readonly number[] },
) {
  const lanes = createLanes(
    plan.map(({ lane }) => lane),
    { othersGoOn },
  );
  const running: number[] = [];
  const events: { readonly what: 'start' | 'settle' | 'fail'; readonly index: number }[] = [];
  const start = (index: number) => {
    running.push(index);
    events.push({ what: 'start', index });
  };
  for (let turn = 0; ; turn += 1) {
    while (running.length < slots) {
      const index = lanes.take();
      if (index === undefined) break;
      start(index);
    }
    if (running.length === 0) return { lanes, events };
    const [index = 0] = running.splice((picks[turn % picks.length] ?? 0) % running.length, 1);
    const settles = plan[index]?.settles ?? true;
    events.push({ what: settles ? 'settle' : 'fail', index });
    const next = lanes.finish(index, settles);
    if (next !== undefined) start(next);
  }
}

const anyPlan = fc.array(fc.record({ lane: fc.constantFrom('a', 'b', 'c', 'd'), settles: fc.boolean() }), {
  minLength: 1,
  maxLength: 40,
});
const anyPicks = fc.array(fc.nat(20), { minLength: 1 });
const anySlots = fc.integer({ min: 1, max: 12 });

describe('lanes, under any schedule', () => {
  it('Promise 2: start a record only when all before it in its lane are settled', () => {
    fc.assert(
      fc.property(anyPlan, anyPicks, anySlots, fc.boolean(), (plan, picks, slots, othersGoOn) => {
        const settled = new Set<number>();
        for (const { what, index } of drive(plan, { othersGoOn, slots, picks }).events) {
          if (what === 'settle') settled.add(index);
          if (what !== 'start') continue;
          const before = plan.flatMap(({ lane }, at) =>
            at < index && lane === plan[index]?.lane ? [at] : [],
          );
          expect(before.every((at) => settled.has(at))).toBe(true);
        }
      }),
    );
  });

  it('Promise 1: every record is started once or blocked, and not both', () => {
    fc.assert(
      fc.property(anyPlan, anyPicks, anySlots, fc.boolean(), (plan, picks, slots, othersGoOn) => {
        const { lanes, events } = drive(plan, { othersGoOn, slots, picks });
        const started = events.filter(({ what }) => what === 'start').map(({ index }) => index);
        expect(new Set(started).size).toBe(started.length);
        plan.forEach((_, index) => {
          if (!started.includes(index)) expect(lanes.isBlocked(index)).toBe(true);
        });
      }),
    );
  });

  it('Promise 2: with a ledger a failure blocks its own lane and no other', () => {
    fc.assert(
      fc.property(anyPlan, anyPicks, anySlots, (plan, picks, slots) => {
        const { events } = drive(plan, { othersGoOn: true, slots, picks });
        const started = new Set(events.filter(({ what }) => what === 'start').map(({ index }) => index));
        plan.forEach(({ lane }, index) => {
          const failedBefore = plan.some(
            (other, at) => at < index && other.lane === lane && !other.settles && started.has(at),
          );
          expect(started.has(index)).toBe(!failedBefore);
        });
      }),
    );
  });

  it('Promise 2: without a ledger nothing behind the first failure is started', () => {
    fc.assert(
      fc.property(anyPlan, anyPicks, anySlots, (plan, picks, slots) => {
        let firstFailure = Infinity;
        for (const { what, index } of drive(plan, { othersGoOn: false, slots, picks }).events) {
          if (what === 'fail') firstFailure = Math.min(firstFailure, index);
          if (what === 'start') expect(index).toBeLessThan(firstFailure);
        }
      }),
    );
  });

  it('keeps ten slots busy while ten lanes have work', () => {
    const lanes = createLanes(
      Array.from({ length: 100 }, (_, index) => `lane ${index % 10}`),
      { othersGoOn: true },
    );
    const taken = Array.from({ length: 11 }, () => lanes.take());
    expect(taken).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, undefined]);
  });
});
