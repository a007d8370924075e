import { ServiceError } from './service-error.ts';

/** How often, and by how many at a time, a shard may be read. */
export interface ReadLimits {
  readonly readsPerSecond: number;
  /** GetRecords calls on one shard that may be under way at a time. */
  readonly readers: number;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
export const awsReadLimits: ReadLimits = { readsPerSecond: 5, readers: 2 };

/** Lets a call of GetRecords on a shard in, or throws; what it returns is called when the call is over. */
export type EnterShard = (shardId: string) => () => void;

export function createReadLimits({ readsPerSecond, readers }: ReadLimits, now: () => number): EnterShard {
  const reads = new Map<string, readonly number[]>();
  const underWay = new Map<string, number>();
  return (shardId) => {
    const at = now();
    const recent = (reads.get(shardId) ?? []).filter((time) => at - time < 1_000);
    const readingNow = underWay.get(shardId) ?? 0;
    if (recent.length >= readsPerSecond)
      throw new ServiceError('LimitExceededException', `Shard ${shardId} is read too often; slow down.`);
    if (readingNow >= readers)
      throw new ServiceError('LimitExceededException', `Shard ${shardId} is read by too many at a time.`);
    reads.set(shardId, [...recent, at]);
    underWay.set(shardId, readingNow + 1);
    return () => void underWay.set(shardId, (underWay.get(shardId) ?? 1) - 1);
  };
}
