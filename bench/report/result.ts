import { availableParallelism, cpus } from 'node:os';
import type { Entrant } from '../contestants/contestant.ts';
import type { Memory, Outcome, RoundTimes } from '../measure/outcome.ts';
import type { BatchSize } from '../plan.ts';
import { batchSizes } from '../plan.ts';
import { median } from './median.ts';

/** Medians of the rounds, in microseconds per record. */
export interface Figures {
  readonly bySize: Readonly<Record<BatchSize, number>>;
  readonly rounds: number;
  readonly memory: Memory | undefined;
}

export interface Row {
  readonly id: string;
  readonly label: string;
  readonly figures?: Figures;
  /** Why there are no figures. */
  readonly reason?: string;
  readonly failed: boolean;
}

/** What the command writes as JSON, and what its tables are made of. */
export interface BenchResult {
  readonly machine: { readonly node: string; readonly processor: string; readonly cores: number };
  readonly averageRecordBytes: number;
  readonly rows: readonly Row[];
  /** What each round gave. */
  readonly rounds: Readonly<Record<string, readonly RoundTimes[]>>;
}

export const machine = (): BenchResult['machine'] => ({
  node: process.version,
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: availableParallelism(),
});

export function rowOf({ id, label }: Entrant, outcome: Outcome): Row {
  switch (outcome.kind) {
    case 'measured':
      return { id, label, figures: figuresOf(outcome.rounds, outcome.memory), failed: false };
    case 'absent':
      return { id, label, reason: outcome.reason, failed: false };
    case 'failed':
      return { id, label, reason: `failed: ${outcome.reason}`, failed: true };
  }
}

function figuresOf(rounds: readonly RoundTimes[], memory: Memory | undefined): Figures {
  const at = (size: BatchSize) => [size, median(rounds.map(({ bySize }) => bySize[size]))] as const;
  return {
    bySize: Object.fromEntries(batchSizes.map(at)) as Figures['bySize'],
    rounds: rounds.length,
    memory,
  };
}

export const figuresFor = ({ rows }: BenchResult, id: string): Figures | undefined =>
  rows.find((row) => row.id === id)?.figures;
