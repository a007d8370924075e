import type { LanePart } from '../engine/lane-queue.ts';
import type { Piece } from '../engine/piece.ts';
import { recordOf } from '../engine/piece.ts';
import type { Plan } from '../engine/plan-lanes.ts';
import type { Freshness, JudgeFreshness } from '../engine/run-options.ts';

/** By places of its lane; undefined for one that is not judged. */
export type FreshnessAt = (place: number) => Freshness | undefined;

/** Judges the works of parts of lanes, in one go. */
export type FreshnessOfParts = (parts: readonly LanePart[]) => Promise<readonly FreshnessAt[]>;

export interface FreshnessParts {
  readonly plan: Pick<Plan, 'lengthOf' | 'workAt'>;
  readonly read: (work: number) => Piece;
  readonly judge: JudgeFreshness | undefined;
}

/** What was found of a lane: the verdicts from a place on. */
interface Judged {
  readonly from: number;
  readonly verdicts: readonly Freshness[];
}

/**
 * The judge sees all that is still to run of an item, for a later change that waits here itself makes none stale. How these
 * changes join does not change while they are worked off, so of a lane that comes part by part only its last change
 * is compared again with the item as it is: if nothing has come of that, all else is as it was found.
 * A parked letter cannot have been overtaken.
 */
export function createFreshnessOfParts({ plan, read, judge }: FreshnessParts): FreshnessOfParts {
  const judgedBefore = new Map<number, Judged>();
  const isJudged = (lane: number, place: number): boolean => {
    const piece = read(plan.workAt(lane, place));
    return piece.kind === 'record' || piece.letter.parked === undefined;
  };
  const recordsFrom = (lane: number, from: number) =>
    Array.from({ length: plan.lengthOf(lane) - from }, (_, index) =>
      recordOf(read(plan.workAt(lane, from + index))),
    );
  const judgeAll = async (asked: readonly { readonly lane: number; readonly from: number }[]) => {
    const verdicts =
      asked.length === 0 ? [] : await judge?.(asked.map(({ lane, from }) => recordsFrom(lane, from)));
    return new Map(asked.map(({ lane, from }, index) => [lane, { from, verdicts: verdicts?.[index] ?? [] }]));
  };

  return async (parts) => {
    if (judge === undefined) return parts.map(() => () => undefined);
    const asked = parts.filter(({ lane, place, works }) =>
      works.some((_, index) => isJudged(lane, place + index)),
    );
    const lasts = await judgeAll(
      asked.map(({ lane, place }) => ({
        lane,
        from: judgedBefore.has(lane) ? plan.lengthOf(lane) - 1 : place,
      })),
    );
    const judged = new Map<number, Judged>();
    for (const [lane, found] of lasts) {
      const before = judgedBefore.get(lane);
      const combined = before === undefined ? found : combine(before, found);
      if (combined !== undefined) judged.set(lane, combined);
    }
    const again = asked.filter(({ lane }) => !judged.has(lane));
    for (const [lane, found] of await judgeAll(again.map(({ lane, place }) => ({ lane, from: place }))))
      judged.set(lane, found);
    for (const { lane, place, works } of parts) {
      const found = judged.get(lane);
      if (found !== undefined && place + works.length < plan.lengthOf(lane)) judgedBefore.set(lane, found);
      else judgedBefore.delete(lane);
    }
    return parts.map(({ lane }) => {
      const found = judged.get(lane);
      return (place) =>
        found !== undefined && isJudged(lane, place) ? found.verdicts[place - found.from] : undefined;
    });
  };
}

/**
 * What makes the last change stale makes all before it so. Undefined if that has passed, for then nothing is known of
 * those before it.
 */
function combine(before: Judged, { verdicts }: Judged): Judged | undefined {
  const [last, now] = [before.verdicts.at(-1), verdicts.at(-1)];
  if (last?.kind === now?.kind) return before;
  if (last?.kind !== 'fresh' || now === undefined) return undefined;
  return { ...before, verdicts: before.verdicts.map(() => now) };
}
