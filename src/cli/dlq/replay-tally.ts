import type { ReplayEvent } from '../../replay/engine/run-options.ts';
import { isReplaySettled } from '../../reporting/replay-protocol.ts';
import { harmless } from '../quote-text.ts';
import { cutWord } from './columns.ts';
import { ownWordsOf, routeText } from './own-words.ts';
import { numberText } from './duration-text.ts';

/** What became of the work of a replay, by route. */
export interface ReplayTally {
  readonly add: (event: Extract<ReplayEvent, { readonly kind: 'ran' }>) => void;
  /**
   * A row for each route, one for what was not begun, and one for all if there are several.
   * @param notRun of no route's
   */
  readonly rows: (notRun: number) => readonly (readonly string[])[];
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
    add(event) {
      const { work, outcome } = event;
      const route = routeText(work);
      // Why it is stale is more than that it is, and no data; other errors are known by their names.
      const error =
        outcome === 'stale'
          ? (ownWordsOf(event) ?? event.errorName)
          : outcome === 'refused'
            ? outcome
            : event.errorName;
      const counts = routes.get(route) ?? noCounts();
      routes.set(route, counts);
      for (const each of [counts, all]) {
        const isSettled = outcome === 'skipped' || isReplaySettled(outcome);
        if (isSettled) each.settled += 1;
        else each.left += 1;
        if (outcome === 'stale' || outcome === 'skipped') each.stale += 1;
        else if (outcome === 'blocked') each.blocked += 1;
        else if (!isSettled) each.failed += 1;
        if (error !== undefined && !isSettled) each.errors.set(error, (each.errors.get(error) ?? 0) + 1);
      }
    },
    rows: (notRun) => [
      ...[...routes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([route, counts]) => rowOf(route, counts)),
      ...(notRun > 0 ? [rowOf('(not run)', { ...noCounts(), left: notRun })] : []),
      ...(routes.size + Math.sign(notRun) > 1 ? [rowOf('in all', { ...all, left: all.left + notRun })] : []),
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
    .map(([error, count]) => `${errorText(error)} (${numberText(count)})`)
    .join(', '),
];

/** Words of Spillway's are no name, and need no quotation marks. */
const errorText = (error: string): string => harmless(cutWord(error));
