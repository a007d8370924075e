import type { StoredRecord, StoredShard } from './stream-state.ts';
import { firstFrom, isOpen } from './stream-state.ts';
import { ServiceError } from './service-error.ts';
import type { GetShardIteratorRequest } from './requests.ts';

/** GetRecords gives at most 1 MB, and always one record, if there is one.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
const maximumPageBytes = 1_024 * 1_024;

/** The first sequence number that an iterator of this kind reads. `newest` is the last one that the stream has given. */
export function startOf(shard: StoredShard, request: GetShardIteratorRequest, newest: bigint): bigint {
  switch (request.ShardIteratorType) {
    case 'TRIM_HORIZON':
      return shard.trimmedUpTo === undefined ? shard.startingSequenceNumber : shard.trimmedUpTo + 1n;
    case 'LATEST':
      return newest + 1n;
    case 'AT_SEQUENCE_NUMBER':
      return retained(shard, BigInt(request.SequenceNumber));
    case 'AFTER_SEQUENCE_NUMBER':
      return retained(shard, BigInt(request.SequenceNumber)) + 1n;
  }
}

const retained = (shard: StoredShard, sequenceNumber: bigint): bigint => {
  if (sequenceNumber < shard.startingSequenceNumber || sequenceNumber <= (shard.trimmedUpTo ?? -1n))
    throw new ServiceError(
      'TrimmedDataAccessException',
      `The sequence number ${sequenceNumber} lies before the oldest record of shard ${shard.shardId}.`,
    );
  return sequenceNumber;
};

export interface Page {
  readonly records: readonly StoredRecord[];
  /** Where the next page begins; absent at the end of a closed shard. */
  readonly next?: bigint;
}

export function readPage(shard: StoredShard, from: bigint, limit: number): Page {
  if (from <= (shard.trimmedUpTo ?? -1n))
    throw new ServiceError(
      'TrimmedDataAccessException',
      `The iterator points at records of shard ${shard.shardId} that are no longer kept.`,
    );
  const start = firstFrom(shard.records, from);
  const records = fitting(shard.records.slice(start, start + limit));
  const isDrained = !isOpen(shard) && start + records.length === shard.records.length;
  const last = records.at(-1);
  return { records, ...(!isDrained && { next: last ? last.sequenceNumber + 1n : from }) };
}

const fitting = (records: readonly StoredRecord[]): readonly StoredRecord[] => {
  let bytes = 0;
  const tooMany = records.findIndex(({ json }, index) => {
    bytes += json.length;
    return index > 0 && bytes > maximumPageBytes;
  });
  return tooMany === -1 ? records : records.slice(0, tooMany);
};
