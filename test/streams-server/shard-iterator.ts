import { ServiceError } from './service-error.ts';

/** What a shard iterator says. It says all, so the server keeps no list of the iterators it gave. */
export interface ShardIterator {
  readonly shardId: string;
  /** The first sequence number that is still to be read. */
  readonly from: bigint;
  /** Milliseconds since the epoch. */
  readonly issuedAt: number;
  /** Those of an earlier generation have expired, whatever their age. */
  readonly generation: number;
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetShardIterator.html */
export const iteratorLifeMs = 15 * 60_000;

export function encodeIterator(
  { shardId, from, issuedAt, generation }: ShardIterator,
  streamArn: string,
): string {
  const fields = [shardId, String(from), String(issuedAt), String(generation)].join(' ');
  return `${streamArn}|1|${Buffer.from(fields).toString('base64url')}`;
}

export function decodeIterator(text: string, streamArn: string): ShardIterator {
  const prefix = `${streamArn}|1|`;
  const fields = Buffer.from(text.slice(prefix.length), 'base64url').toString();
  const found = /^(?<shardId>\S+) (?<from>\d+) (?<issuedAt>\d+) (?<generation>\d+)$/.exec(fields)?.groups;
  if (!found || !text.startsWith(prefix))
    throw new ServiceError('ValidationException', 'Invalid ShardIterator.');
  const { shardId = '', from = '', issuedAt, generation } = found;
  return { shardId, from: BigInt(from), issuedAt: Number(issuedAt), generation: Number(generation) };
}
