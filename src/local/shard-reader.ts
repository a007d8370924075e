import {
  ExpiredIteratorException,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { LocalStackError } from '../errors.ts';
import type { BatchRecord } from './batch.ts';
import { toBatchRecord } from './batch.ts';
import type { Position, StreamsApi } from './streams-api.ts';

/** What a read brought. `closed`: nothing comes after these records. `gone`: the stream no longer knows the shard. */
export type ReadResult =
  | { readonly kind: 'records'; readonly records: readonly BatchRecord[]; readonly closed: boolean }
  | { readonly kind: 'gone' }
  | { readonly kind: 'stopped' };

export interface ShardReader {
  /** Fixes the place from which LATEST counts. */
  readonly open: () => Promise<void>;
  /** Reads up to `limit` records; tries again after an error until it has an answer or the mapping is stopped. */
  readonly read: (limit: number) => Promise<ReadResult>;
}

export interface ShardReaderParts {
  readonly api: StreamsApi;
  readonly streamArn: string;
  readonly shardId: string;
  readonly from: Position;
  readonly stopping: AbortSignal;
  /** Waits after so many errors in a row. */
  readonly backOff: (failures: number) => Promise<void>;
  readonly onError: (error: Error) => void;
}

export function createShardReader(parts: ShardReaderParts): ShardReader {
  const { api, shardId } = parts;
  const isStopping = () => parts.stopping.aborted;
  let position = parts.from;
  let iterator: string | undefined;

  const open = async () => {
    iterator ??= await api.getIterator(shardId, position);
  };

  const readOnce = async (limit: number): Promise<ReadResult> => {
    await open();
    if (iterator === undefined) return { kind: 'records', records: [], closed: true };
    const page = await api.getRecords(iterator, limit);
    const records = page.records.map((record) => toBatchRecord(record, parts.streamArn));
    const last = records.at(-1);
    if (last) position = { kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: last.sequenceNumber };
    iterator = page.nextIterator;
    return { kind: 'records', records, closed: iterator === undefined };
  };

  const recover = (error: unknown): void => {
    if (error instanceof ExpiredIteratorException) {
      iterator = undefined;
      if (position.kind === 'LATEST')
        tell('its iterator expired before the first record; changes made meanwhile may be missed', error);
    } else if (error instanceof TrimmedDataAccessException) {
      const lost = position.kind === 'AFTER_SEQUENCE_NUMBER' ? ` after ${position.sequenceNumber}` : '';
      iterator = undefined;
      position = { kind: 'TRIM_HORIZON' };
      tell(`records${lost} are older than the stream keeps; going on with the oldest that is left`, error);
    } else tell('reading failed, trying again', error);
  };

  const tell = (what: string, cause: unknown) =>
    parts.onError(new LocalStackError(`Shard ${shardId} of ${parts.streamArn}: ${what}.`, { cause }));

  return {
    open,
    read: async (limit) => {
      for (let failures = 1; !isStopping(); failures += 1) {
        try {
          return await readOnce(limit);
        } catch (error) {
          if (isStopping()) break;
          if (error instanceof ResourceNotFoundException) {
            tell('the stream no longer knows it', error);
            return { kind: 'gone' };
          }
          recover(error);
        }
        await parts.backOff(failures);
      }
      return { kind: 'stopped' };
    },
  };
}
