import { freshnessOfParts } from '../freshness/freshness-of-parts.ts';
import type { Holdings } from './holdings.ts';
import type { LanePart } from './lane-queue.ts';
import { describePiece } from './piece.ts';
import type { Plan } from './plan-lanes.ts';
import type { RunOptions } from './run-options.ts';
import type { WorkIndex } from './work-index.ts';

/** How many are judged in one go. */
const lanesAtOnce = 100;

/** Says what would run, in the order in which a replay of one item after the other would run it. */
export async function showPlan(
  { judgeFreshness, onEvent, signal }: Pick<RunOptions, 'judgeFreshness' | 'onEvent' | 'signal'>,
  plan: Plan,
  works: WorkIndex,
  holdings: Pick<Holdings, 'idOf'>,
): Promise<void> {
  for (let first = 0; first < plan.laneCount && !signal.aborted; first += lanesAtOnce) {
    const parts = partsFrom(first, plan);
    const freshness = await freshnessOfParts(parts, plan, (work) => works.read(work), judgeFreshness);
    parts.forEach((part, index) => {
      part.works.forEach((work, place) => {
        const messageId = holdings.idOf(works.messagesOf(work)[0] ?? 0);
        onEvent({
          kind: 'would-run',
          work: describePiece(works.read(work), messageId, place),
          freshness: freshness[index]?.(place) ?? { kind: 'fresh' },
        });
      });
    });
  }
}

const partsFrom = (first: number, plan: Plan): readonly LanePart[] =>
  Array.from({ length: Math.min(lanesAtOnce, plan.laneCount - first) }, (_, index) => {
    const lane = first + index;
    const works = Array.from({ length: plan.allowedOf(lane) }, (_, place) => plan.workAt(lane, place));
    return { lane, place: 0, works };
  });
