import { UnreadableRecordError } from '../../errors.ts';
import { eventIdOf, readRecord, sequenceNumberOf } from '../../stream/read-record.ts';
import type { RawRecord } from '../../stream/record.ts';
import type { Wanted } from './is-wanted.ts';
import { isWanted } from './is-wanted.ts';
import type { SeenChange } from './seen-change.ts';
import { decodeChange } from './seen-change.ts';

export interface ShowParts extends Wanted {
  /** Undefined for no limit. */
  readonly limit: number | undefined;
  readonly lineOf: (change: SeenChange) => string;
  readonly write: (line: string) => void;
  readonly tell: (text: string) => void;
  /** Called once, when the limit is reached. */
  readonly onLimit: () => void;
}

export type ShowRecords = (records: readonly RawRecord[], shardId: string) => void;

/** Shows those changes that are wanted, up to the limit. One that is not readable is told of, and passed over. */
export function createShowRecords(parts: ShowParts): ShowRecords {
  const { limit = Infinity, lineOf, write, tell, onLimit } = parts;
  let shown = 0;

  const lineOfWanted = (raw: RawRecord, shardId: string): string | undefined => {
    try {
      const record = readRecord(raw);
      return isWanted(record, parts) ? lineOf(decodeChange(record, shardId)) : undefined;
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      tell(
        `Record ${eventIdOf(raw)}, number ${sequenceNumberOf(raw)} of ${shardId}, cannot be shown: ${error.message}.`,
      );
      return undefined;
    }
  };
  return (records, shardId) => {
    for (const raw of records) {
      if (shown >= limit) return;
      const line = lineOfWanted(raw, shardId);
      if (line === undefined) continue;
      write(line);
      shown += 1;
      if (shown === limit) onLimit();
    }
  };
}
