import { median } from '../report/median.ts';
import { contestantOf } from './contestants.ts';
import type { Delivery } from './delivery.ts';
import type { TurnOutcome } from './measure-in-child.ts';
import type { Setting } from './settings.ts';

/** Of one delivery; everything but the speed is per record. */
export interface Figures {
  readonly recordsPerSecond: number;
  readonly cpuMs: number;
  readonly requests: number;
  readonly writeUnits: number;
  readonly readUnits: number;
  readonly handled: number;
}

/** Medians of the rounds, or why there are none. */
export type Row = { readonly id: string; readonly label: string } & (
  | { readonly kind: 'measured'; readonly first: Figures; readonly again: Figures }
  | { readonly kind: 'failed'; readonly reason: string }
);

export interface SettingResult {
  readonly setting: Setting;
  readonly rows: readonly Row[];
  /** What each turn gave. */
  readonly turns: Readonly<Record<string, readonly TurnOutcome[]>>;
  /** The share of the time that the process of the proxy was at work, at most. */
  readonly proxyBusy: number;
}

/** One failure spoils the row: what is counted is also what is checked. */
export function rowOf(id: string, turns: readonly TurnOutcome[]): Row {
  const { label } = contestantOf(id);
  const failed = turns.find((turn) => turn.kind === 'failed');
  if (failed !== undefined) return { id, label, kind: 'failed', reason: failed.reason };
  const rounds = turns.flatMap((turn) => (turn.kind === 'measured' ? [turn.round] : []));
  return {
    id,
    label,
    kind: 'measured',
    first: mediansOf(rounds.map(({ first }) => figuresOf(first))),
    again: mediansOf(rounds.map(({ again }) => figuresOf(again))),
  };
}

const figuresOf = ({ records, handled, ms, cpuMs, requests, readUnits, writeUnits }: Delivery): Figures => ({
  recordsPerSecond: (records / ms) * 1_000,
  cpuMs: cpuMs / records,
  requests: requests / records,
  writeUnits: writeUnits / records,
  readUnits: readUnits / records,
  handled: handled / records,
});

function mediansOf(rounds: readonly Figures[]): Figures {
  const of = (name: keyof Figures) => median(rounds.map((figures) => figures[name]));
  return {
    recordsPerSecond: of('recordsPerSecond'),
    cpuMs: of('cpuMs'),
    requests: of('requests'),
    writeUnits: of('writeUnits'),
    readUnits: of('readUnits'),
    handled: of('handled'),
  };
}

export function figuresFor({ rows }: Pick<SettingResult, 'rows'>, id: string): Figures | undefined {
  const row = rows.find((one) => one.id === id);
  return row?.kind === 'measured' ? row.first : undefined;
}
