import type { AttributeValue, _Record as StreamsApiRecord } from '@aws-sdk/client-dynamodb-streams';
import type { Shard } from '../../src/local/stream/shard-lineage.ts';
import type { Position, StreamsApi } from '../../src/local/stream/streams-api.ts';

/** A record by its sequence number: of an item of its own, written at the epoch, unless said otherwise. */
export type ScriptedRecord =
  | number
  | {
      readonly n: number;
      readonly item?: string;
      readonly second?: number;
      readonly newImage?: Record<string, AttributeValue>;
    };

/** A shard in memory. Open shards give an iterator for ever, closed ones end. */
export interface ScriptedShard extends Shard {
  readonly records: readonly ScriptedRecord[];
  readonly isClosed?: boolean;
}

const numberOf = (record: ScriptedRecord): number => (typeof record === 'number' ? record : record.n);

export function recordOf(record: ScriptedRecord): StreamsApiRecord {
  const sequenceNumber = String(numberOf(record));
  const { item = sequenceNumber, second = 0, newImage } = typeof record === 'number' ? {} : record;
  return {
    eventID: sequenceNumber,
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'us-east-1',
    dynamodb: {
      ApproximateCreationDateTime: new Date(second * 1_000),
      SequenceNumber: sequenceNumber,
      Keys: { pk: { S: item } },
      ...(newImage && { NewImage: newImage }),
    },
  };
}

export type ScriptedStreams = ReturnType<typeof scriptedStreams>;

/** The shards' state can be replaced while a mapping runs; a call named to `failNext` throws each of its errors once. */
export function scriptedStreams(initial: readonly ScriptedShard[], isEnabled?: boolean) {
  let shards = initial;
  const failures = new Map<keyof StreamsApi, Error[]>();
  const calls: string[] = [];
  const positions: Position[] = [];

  const failIfTold = (call: keyof StreamsApi) => {
    const error = failures.get(call)?.shift();
    if (error) throw error;
  };
  const shardOf = (shardId: string) => shards.find((shard) => shard.shardId === shardId);
  const startOf = (records: readonly ScriptedRecord[], position: Position): number => {
    switch (position.kind) {
      case 'TRIM_HORIZON':
      case 'SINCE':
        return 0;
      case 'LATEST':
        return records.length;
      case 'AFTER_SEQUENCE_NUMBER':
        return records.filter((record) => numberOf(record) <= Number(position.sequenceNumber)).length;
    }
  };
  const api: StreamsApi = {
    describe: async () => {
      await Promise.resolve();
      failIfTold('describe');
      return {
        shards: shards.map(({ shardId, parentShardId }) => ({
          shardId,
          ...(parentShardId !== undefined && { parentShardId }),
        })),
        isEnabled: isEnabled ?? shards.some(({ isClosed }) => !isClosed),
      };
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
