import type { ReplayOutcome, ReplayResult } from '../../reporting/replay-protocol.ts';
import type { Piece } from './piece.ts';
import { describePiece } from './piece.ts';
import type { Plan } from './plan-lanes.ts';
import { countAllowed } from './plan-lanes.ts';
import type { ReplayEvent, ReplaySummary } from './run-options.ts';

export type SummaryOutcome = keyof ReplaySummary['outcomes'];

/** What has been done, for events and for the summary. */
export interface Tally {
  readonly selected: number;
  readonly outcomes: ReplaySummary['outcomes'];
  readonly foreign: number;
  /** A message that was left alone, for it cannot be run. */
  leave(messageId: string, why: string): void;
  countForeign(): void;
  /** Messages that the selection meant. */
  countSelected(count: number): void;
  /** Those of a plan that may run; their number. */
  expectWorks(plan: Plan): number;
  /** What is not told of one by one. */
  countOutcome(outcome: SummaryOutcome, count: number): void;
  /** A piece of work that was run, or was found not to be one to run. */
  tell(told: Told): void;
}

export interface Told {
  readonly piece: Piece;
  readonly messageId: string;
  readonly place: number;
  readonly outcome: ReplayOutcome | 'skipped';
  readonly error?: Pick<NonNullable<ReplayResult['error']>, 'name' | 'message'> | undefined;
}

export function createTally(onEvent: (event: ReplayEvent) => void): Tally {
  const outcomes: Partial<Record<SummaryOutcome, number>> = {};
  let selected = 0;
  let foreign = 0;
  let total = 0;
  let done = 0;
  const countOutcome = (outcome: SummaryOutcome, count: number): void => {
    if (count > 0) outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
  };
  return {
    get selected() {
      return selected;
    },
    get outcomes() {
      return { ...outcomes };
    },
    get foreign() {
      return foreign;
    },
    leave: (messageId, why) => onEvent({ kind: 'left', messageId, why }),
    countForeign: () => void (foreign += 1),
    countSelected: (count) => void (selected += count),
    expectWorks(plan) {
      const count = countAllowed(plan, () => true);
      total += count;
      return count;
    },
    countOutcome,
    tell({ piece, messageId, place, outcome, error }) {
      countOutcome(outcome, 1);
      done += 1;
      onEvent({
        kind: 'ran',
        work: describePiece(piece, messageId, place),
        outcome,
        errorName: error?.name,
        errorMessage: error?.message,
        done,
        total,
      });
    },
  };
}
