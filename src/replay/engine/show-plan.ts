import { createFreshnessOfParts } from '../freshness/freshness-of-parts.ts';
import type { Holdings } from './holdings.ts';
import type { LanePart } from './lane-queue.ts';
import { describePiece, isOutOfDate, recordOf, workOf } from './piece.ts';
import type { Plan } from './plan-lanes.ts';
import type { Freshness, RunOptions } from './run-options.ts';
import type { Tally } from './tally.ts';
import type { WorkIndex } from './work-index.ts';

/** How many are judged in one go. */
const lanesAtOnce = 100;

export interface ShowParts {
  readonly options: Pick<RunOptions, 'target' | 'judgeFreshness' | 'ifStale' | 'onEvent' | 'signal'>;
  readonly plan: Plan;
  readonly works: WorkIndex;
  readonly holdings: Pick<Holdings, 'idOf'>;
  readonly tally: Pick<Tally, 'countOutcome'>;
}

/**
 * Says what would run, in the order in which a replay of one item after the other would run it, and what would not. What
 * only a ledger knows, or a function on Lambda, is not asked.
 */
export async function showPlan({ options, plan, works, holdings, tally }: ShowParts): Promise<void> {
  const { target, judgeFreshness, ifStale, onEvent, signal } = options;
  const judgeParts = createFreshnessOfParts({
    plan,
    read: (work) => works.read(work),
    judge: judgeFreshness,
  });
  for (let first = 0; first < plan.laneCount && !signal.aborted; first += lanesAtOnce) {
    const parts = partsFrom(first, plan);
    const freshness = await judgeParts(parts);
    parts.forEach((part, index) => {
      let isClosed = false;
      part.works.forEach((work, place) => {
        const verdict = freshness[index]?.(place) ?? { kind: 'fresh' };
        const piece = works.read(work);
        const why = isClosed ? undefined : target.foreseeRefusal?.(workOf(piece, ifStale), recordOf(piece));
        const instead = why === undefined ? insteadOfRunning(verdict, ifStale, isClosed) : 'refused';
        isClosed ||= instead === 'stale' || instead === 'refused';
        tally.countOutcome(instead ?? 'not run', 1);
        const messageId = holdings.idOf(works.messagesOf(work)[0] ?? 0);
        onEvent({
          kind: 'would-run',
          work: describePiece(piece, messageId, place),
          freshness: verdict,
          ...(instead && { instead }),
          ...(why !== undefined && { why }),
        });
      });
    });
  }
}

function insteadOfRunning(
  freshness: Freshness,
  ifStale: RunOptions['ifStale'],
  isClosed: boolean,
): 'stale' | 'skipped' | 'blocked' | undefined {
  if (!isOutOfDate(freshness)) return isClosed ? 'blocked' : undefined;
  return ifStale === 'skip' && freshness.kind === 'stale' && !isClosed ? 'skipped' : 'stale';
}

const partsFrom = (first: number, plan: Plan): readonly LanePart[] =>
  Array.from({ length: Math.min(lanesAtOnce, plan.laneCount - first) }, (_, index) => {
    const lane = first + index;
    const works = Array.from({ length: plan.allowedOf(lane) }, (_, place) => plan.workAt(lane, place));
    return { lane, place: 0, works };
  });
