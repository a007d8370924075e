import type { _Record as StreamsApiRecord } from '@aws-sdk/client-dynamodb-streams';
import {
  ExpiredIteratorException,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { LocalStackError } from '../../errors.ts';
import type { Position, StreamsApi } from './streams-api.ts';

/** What a read brought. `closed`: nothing comes after these records. `gone`: the stream no longer knows the shard. */
export type ReadResult<Read> =
  | { readonly kind: 'records'; readonly records: readonly Read[]; readonly closed: boolean }
  | { readonly kind: 'gone' }
  | { readonly kind: 'stopped' };

/** Reads a shard from front to end, and makes a `Read` of each of its records. */
export interface ShardReader<Read> {
  /** Fixes the place from which LATEST counts. */
  readonly open: () => Promise<void>;
  /** Reads up to `limit` records; tries again after an error until it has an answer or the mapping is stopped. */
  readonly read: (limit: number) => Promise<ReadResult<Read>>;
}

export interface ShardReaderParts<Read> {
  readonly api: StreamsApi;
  readonly streamArn: string;
  readonly shardId: string;
  readonly from: Position;
  readonly convert: (record: StreamsApiRecord) => Read;
  readonly now: () => number;
  readonly stopping: AbortSignal;
  /** Waits after so many errors in a row. */
  readonly backOff: (failures: number) => Promise<void>;
  readonly onError: (error: Error) => void;
}

export function createShardReader<Read extends { readonly sequenceNumber: string }>(
  parts: ShardReaderParts<Read>,
): ShardReader<Read> {
  const { api, shardId } = parts;
  const isStopping = () => parts.stopping.aborted;
  let position = parts.from;
  let iterator: string | undefined;
  /** What was written before this time is not asked for, though the iterator may give it. */
  let notBefore = -Infinity;

  const open = async () => {
    if (iterator !== undefined) return;
    const second = Math.floor(parts.now() / 1_000);
    iterator = await api.getIterator(shardId, position);
    notBefore = position.kind === 'SINCE' ? position.second * 1_000 : -Infinity;
    // Should this iterator expire, another one at LATEST would skip what came between.
    if (position.kind === 'LATEST') position = { kind: 'SINCE', second };
  };
  const counts = ({ dynamodb }: StreamsApiRecord): boolean =>
    (dynamodb?.ApproximateCreationDateTime?.getTime() ?? Infinity) >= notBefore;

  const readOnce = async (limit: number): Promise<ReadResult<Read>> => {
    await open();
    if (iterator === undefined) return { kind: 'records', records: [], closed: true };
    const page = await api.getRecords(iterator, limit);
    const records = page.records.filter(counts).map(parts.convert);
    const last = records.at(-1);
    if (last) {
      position = { kind: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: last.sequenceNumber };
      notBefore = -Infinity;
    }
    iterator = page.nextIterator;
    return { kind: 'records', records, closed: iterator === undefined };
  };

  const recover = (error: unknown): void => {
    if (error instanceof ExpiredIteratorException) {
      iterator = undefined;
    } else if (error instanceof TrimmedDataAccessException) {
      const lost = position.kind === 'AFTER_SEQUENCE_NUMBER' ? ` after ${position.sequenceNumber}` : '';
      iterator = undefined;
      if (position.kind !== 'SINCE') position = { kind: 'TRIM_HORIZON' };
      tell(
        `records${lost} may be lost, for the stream no longer keeps them; going on with the oldest that is left`,
        error,
      );
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
