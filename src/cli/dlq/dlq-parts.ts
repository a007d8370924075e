import type { ReplayOptions } from '../../replay/replay-dead-letters.ts';
import type { ReplaySummary } from '../../replay/engine/run-options.ts';

/** What the commands of `spillway dlq` take from the machine; a test brings its own. */
export interface DlqParts {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Default: what `spillway/replay` has. */
  readonly replay?: (options: ReplayOptions) => Promise<ReplaySummary>;
}

export const machineParts: DlqParts = { now: () => Date.now() };
