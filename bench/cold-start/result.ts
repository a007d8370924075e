import { median } from '../report/median.ts';
import type { Bundle } from './bundle.ts';
import type { ColdStartContestant } from './contestants.ts';
import type { StartOutcome } from './measure-in-child.ts';
import type { Setting } from './settings.ts';

/** Medians of the rounds, and what there is to load. */
export interface Figures {
  readonly bytes: number;
  readonly zipBytes: number;
  readonly importMs: number;
  readonly importCpuMs: number;
  readonly firstRecordMs: number;
  /** Of each start its import and its first record. */
  readonly togetherMs: number;
  readonly cpuMs: number;
  readonly firstLetterMs: number;
}

export type Row = { readonly id: string; readonly label: string } & (
  | { readonly kind: 'measured'; readonly figures: Figures }
  | { readonly kind: 'failed'; readonly reason: string }
);

export interface Table {
  readonly setting: Setting;
  readonly rows: readonly Row[];
}

/** One failure spoils the row. */
export function rowOf(
  { id, label }: ColdStartContestant,
  { bytes, zipBytes }: Bundle,
  starts: readonly StartOutcome[],
): Row {
  const failed = starts.find((start) => start.kind === 'failed');
  if (failed !== undefined) return { id, label, kind: 'failed', reason: failed.reason };
  const took = starts.flatMap((start) => (start.kind === 'measured' ? [start.took] : []));
  return {
    id,
    label,
    kind: 'measured',
    figures: {
      bytes,
      zipBytes,
      importMs: median(took.map(({ importMs }) => importMs)),
      importCpuMs: median(took.map(({ importCpuMs }) => importCpuMs)),
      firstRecordMs: median(took.map(({ firstRecordMs }) => firstRecordMs)),
      togetherMs: median(took.map(({ importMs, firstRecordMs }) => importMs + firstRecordMs)),
      cpuMs: median(took.map(({ cpuMs }) => cpuMs)),
      firstLetterMs: median(took.map(({ firstLetterMs }) => firstLetterMs)),
    },
  };
}

export function figuresFor({ rows }: Table, id: string): Figures | undefined {
  const row = rows.find((one) => one.id === id);
  return row?.kind === 'measured' ? row.figures : undefined;
}
