import type { BatchSize } from '../plan.ts';

/** What one round gave: microseconds per record. */
export interface RoundTimes {
  readonly bySize: Readonly<Record<BatchSize, number>>;
}

/** Bytes per record, at the usual size. */
export interface Memory {
  /** Allocated over a batch, what is garbage at once included; undefined if it could not be told. */
  readonly allocated: number | undefined;
  /** Reachable, beside the event itself, when the last record is handled. */
  readonly held: number;
}

/** What a child process reports. */
export type Report =
  | { readonly kind: 'times'; readonly times: RoundTimes }
  | { readonly kind: 'memory'; readonly memory: Memory }
  /** The library could not be loaded. */
  | { readonly kind: 'absent'; readonly reason: string }
  /** It was loaded and did not do the work. */
  | { readonly kind: 'failed'; readonly reason: string };

/** What became of an entrant in the whole run. */
export type Outcome =
  | { readonly kind: 'measured'; readonly rounds: readonly RoundTimes[]; readonly memory: Memory | undefined }
  | { readonly kind: 'absent'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };
