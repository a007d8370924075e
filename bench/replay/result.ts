import { median } from '../report/median.ts';
import type { TurnOutcome } from './take-turn.ts';

/** Medians of the rounds. */
export interface Figures {
  readonly letters: number;
  readonly seconds: number;
  readonly lettersPerSecond: number;
  /** Of the process that replays, for one letter. */
  readonly cpuMs: number;
  /** The share of the time for which the queue's process was at work: it cannot be quicker. */
  readonly queueBusy: number;
  readonly peakBytes: number;
  /** 0 if nobody looked. */
  readonly liveBytes: number;
}

export type Row = { readonly id: string; readonly label: string } & (
  | { readonly kind: 'measured'; readonly figures: Figures }
  /** It could not take part. */
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
);

export interface ReplayResult {
  /** The contestants, at the usual number of letters. */
  readonly speed: readonly Row[];
  /** Our replay without a ledger, by the number of letters. */
  readonly memory: readonly Row[];
  /** `spillway dlq list`, by the number of letters. */
  readonly list: readonly Row[];
  /** What each turn gave. */
  readonly turns: Readonly<Record<string, readonly TurnOutcome[]>>;
}

/** One failure spoils the row: what is measured is also what is checked. */
export function rowOf(id: string, label: string, letters: number, turns: readonly TurnOutcome[]): Row {
  const failed = turns.find((turn) => turn.kind === 'failed');
  if (failed !== undefined) return { id, label, kind: 'failed', reason: failed.reason };
  const measured = turns.filter((turn) => turn.kind === 'measured');
  const of = (figure: (turn: (typeof measured)[number]) => number) => median(measured.map(figure));
  const ms = of(({ took }) => took.ms);
  return {
    id,
    label,
    kind: 'measured',
    figures: {
      letters,
      seconds: ms / 1_000,
      lettersPerSecond: (letters / ms) * 1_000,
      cpuMs: of(({ took }) => took.cpuMs) / letters,
      queueBusy: of(({ took, queue }) => queue.busyMs / took.ms),
      peakBytes: of(({ took }) => took.peakBytes),
      liveBytes: of(({ took }) => took.liveBytes),
    },
  };
}

export function figuresFor(rows: readonly Row[], id: string): Figures | undefined {
  const row = rows.find((one) => one.id === id);
  return row?.kind === 'measured' ? row.figures : undefined;
}
