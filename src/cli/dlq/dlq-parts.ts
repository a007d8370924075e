import type { Letter } from '../../dead-letter/letter.ts';
import type { ReplayOptions } from '../../replay/replay-dead-letters.ts';
import type { ReplaySummary } from '../../replay/engine/run-options.ts';

/** What the commands of `spillway dlq` take from the machine; a test brings its own. */
export interface DlqParts {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Default: what `spillway/replay` has. */
  readonly replay?: (options: ReplayOptions) => Promise<ReplaySummary>;
  /** Tells the ledger of a letter of a parked item that is dropped, so that the item's next one may run. */
  readonly onDropParked?: (letter: Letter) => Promise<void>;
}

export const machineParts: DlqParts = { now: () => Date.now() };
