import type { LanePart } from '../engine/lane-queue.ts';
import type { Piece } from '../engine/piece.ts';
import { recordOf } from '../engine/piece.ts';
import type { Plan } from '../engine/plan-lanes.ts';
import type { Freshness, JudgeFreshness } from '../engine/run-options.ts';

/** By places of its lane; undefined for one that is not judged. */
export type FreshnessAt = (place: number) => Freshness | undefined;

/**
 * Judges the works of parts of lanes, in one go. The judge sees all that is still to run of an item, for a later change
 * that waits here itself makes none stale. A parked letter cannot have been overtaken.
 */
export async function freshnessOfParts(
  parts: readonly LanePart[],
  plan: Plan,
  read: (work: number) => Piece,
  judge: JudgeFreshness | undefined,
): Promise<readonly FreshnessAt[]> {
  if (judge === undefined) return parts.map(() => () => undefined);
  const lanes = parts.map(({ lane, place, works }) => {
    const pieces = Array.from({ length: plan.lengthOf(lane) - place }, (_, index) =>
      read(plan.workAt(lane, place + index)),
    );
    const isJudged = pieces.map((piece) => piece.kind === 'record' || piece.letter.parked === undefined);
    return { place, isJudged, pieces, isAsked: isJudged.slice(0, works.length).includes(true) };
  });
  const asked = lanes.filter(({ isAsked }) => isAsked);
  const verdicts = asked.length === 0 ? [] : await judge(asked.map(({ pieces }) => pieces.map(recordOf)));
  const verdictsOf = new Map(asked.map((lane, index) => [lane, verdicts[index]]));
  return lanes.map((lane) => (place) => {
    const index = place - lane.place;
    return lane.isJudged[index] === true ? verdictsOf.get(lane)?.[index] : undefined;
  });
}
