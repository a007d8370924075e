import type { _Record as StreamsApiRecord } from '@aws-sdk/client-dynamodb-streams';
import type { Shard } from '../../src/local/shard-lineage.ts';
import type { Position, StreamsApi } from '../../src/local/streams-api.ts';

/** A shard in memory. Open shards give an iterator for ever, closed ones end. */
export interface ScriptedShard extends Shard {
  readonly records: readonly number[];
  readonly isClosed?: boolean;
}

export const recordOf = (sequenceNumber: number): StreamsApiRecord => ({
  eventID: String(sequenceNumber),
  eventName: 'INSERT',
  dynamodb: { SequenceNumber: String(sequenceNumber), Keys: { pk: { S: String(sequenceNumber) } } },
});

export type ScriptedStreams = ReturnType<typeof scriptedStreams>;

/** The shards' state can be replaced while a mapping runs; a call named to `failNext` throws each of its errors once. */
export function scriptedStreams(initial: readonly ScriptedShard[]) {
  let shards = initial;
  const failures = new Map<keyof StreamsApi, Error[]>();
  const calls: string[] = [];
  const positions: Position[] = [];

  const failIfTold = (call: keyof StreamsApi) => {
    const error = failures.get(call)?.shift();
    if (error) throw error;
  };
  const shardOf = (shardId: string) => shards.find((shard) => shard.shardId === shardId);
  const startOf = (records: readonly number[], position: Position): number => {
    switch (position.kind) {
      case 'TRIM_HORIZON':
        return 0;
      case 'LATEST':
        return records.length;
      case 'AFTER_SEQUENCE_NUMBER':
        return records.filter((record) => record <= Number(position.sequenceNumber)).length;
    }
  };
  const api: StreamsApi = {
    listShards: async () => {
      await Promise.resolve();
      failIfTold('listShards');
      return shards.map(({ shardId, parentShardId }) => ({
        shardId,
        ...(parentShardId !== undefined && { parentShardId }),
      }));
    },
    getIterator: async (shardId, position) => {
      await Promise.resolve();
      calls.push(`iterator ${shardId}`);
      positions.push(position);
      failIfTold('getIterator');
      return `${shardId}/${startOf(shardOf(shardId)?.records ?? [], position)}`;
    },
    getRecords: async (iterator, limit) => {
      await Promise.resolve();
      const [shardId = '', index = '0'] = iterator.split('/');
      calls.push(`read ${shardId}`);
      failIfTold('getRecords');
      const { records = [], isClosed = false } = shardOf(shardId) ?? {};
      const page = records.slice(Number(index), Number(index) + limit);
      const next = Number(index) + page.length;
      const isOver = isClosed && next === records.length;
      return { records: page.map(recordOf), ...(!isOver && { nextIterator: `${shardId}/${next}` }) };
    },
  };
  return {
    api,
    calls,
    positions,
    replace: (next: readonly ScriptedShard[]) => (shards = next),
    failNext: (call: keyof StreamsApi, ...errors: readonly Error[]) =>
      failures.set(call, [...(failures.get(call) ?? []), ...errors]),
  };
}
