import type { StartingPosition } from '../../local/index.ts';
import type { TableName } from './read-table.ts';
import type { Wanted } from './is-wanted.ts';

/** What was asked for on the command line, checked. */
export interface TailOptions extends Wanted {
  readonly table: TableName;
  readonly region: string | undefined;
  /** Of DynamoDB and its streams. */
  readonly endpoint: string | undefined;
  readonly from: StartingPosition;
  /** Lambda's filter patterns; a record passes that matches one of them. Empty: all pass. */
  readonly filters: readonly string[];
  readonly json: boolean;
  readonly keysOnly: boolean;
  /** Ends after so many changes. */
  readonly limit: number | undefined;
  /** Ends when all has been shown that is there. */
  readonly untilCaughtUp: boolean;
}
