import type { ReplayEvent } from '../../replay/engine/run-options.ts';
import { isReplaySettled } from '../../reporting/replay-protocol.ts';
import { wordText } from './columns.ts';
import { numberText } from './duration-text.ts';

/** What became of the work of a replay, by route. */
export interface ReplayTally {
  readonly add: (event: Extract<ReplayEvent, { readonly kind: 'ran' }>) => void;
  /** A row for each route, and one for all if there are several. */
  readonly rows: () => readonly (readonly string[])[];
}

export const tallyHead = [
  'route',
  'settled',
  'failed',
  'stale',
  'blocked',
  'left',
  'most frequent errors',
] as const;

interface Counts {
  settled: number;
  failed: number;
  stale: number;
  blocked: number;
  left: number;
  readonly errors: Map<string, number>;
}

/** Counts as work ends; nothing of it is held. */
export function createTally(): ReplayTally {
  const routes = new Map<string, Counts>();
  const all = noCounts();
  return {
    add({ work, outcome, errorName }) {
      const route = wordText(work.route ?? (work.source === 'pointer' ? 'all, of batches' : 'all'));
      const counts = routes.get(route) ?? noCounts();
      routes.set(route, counts);
      for (const each of [counts, all]) {
        const isSettled = outcome === 'skipped' || isReplaySettled(outcome);
        if (isSettled) each.settled += 1;
        else each.left += 1;
        if (outcome === 'stale' || outcome === 'skipped') each.stale += 1;
        else if (outcome === 'blocked') each.blocked += 1;
        else if (!isSettled) each.failed += 1;
        if (errorName !== undefined && !isSettled)
          each.errors.set(errorName, (each.errors.get(errorName) ?? 0) + 1);
      }
    },
    rows: () => [
      ...[...routes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([route, counts]) => rowOf(route, counts)),
      ...(routes.size > 1 ? [rowOf('in all', all)] : []),
    ],
  };
}

const noCounts = (): Counts => ({ settled: 0, failed: 0, stale: 0, blocked: 0, left: 0, errors: new Map() });

const rowOf = (
  name: string,
  { settled, failed, stale, blocked, left, errors }: Counts,
): readonly string[] => [
  name,
  ...[settled, failed, stale, blocked, left].map(numberText),
  [...errors]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([error, count]) => `${wordText(error)} (${numberText(count)})`)
    .join(', '),
];
