import type {
  DescribeStreamRequest,
  GetRecordsRequest,
  GetShardIteratorRequest,
  ListStreamsRequest,
} from './requests.ts';
import { readPage, startOf } from './read-shard.ts';
import { ServiceError } from './service-error.ts';
import type { ShardIterator } from './shard-iterator.ts';
import { decodeIterator, encodeIterator, iteratorLifeMs } from './shard-iterator.ts';
import type { TableShape } from './stream-change.ts';
import type { StoredShard, StreamState } from './stream-state.ts';

/** What an answer depends on. */
export interface StreamView {
  readonly state: StreamState;
  readonly table: TableShape & { readonly name: string; readonly label: string; readonly createdAt: number };
  readonly now: number;
  /** The generation of iterators that has not been made to expire. */
  readonly generation: number;
  /** DescribeStream gives at most so many shards. */
  readonly shardsPerPage: number;
}

export function answerListStreams({ state, table }: StreamView, request: ListStreamsRequest): Buffer {
  requireStream(state, table.streamArn);
  const isAsked =
    (request.TableName ?? table.name) === table.name && request.ExclusiveStartStreamArn !== table.streamArn;
  const stream = { StreamArn: table.streamArn, TableName: table.name, StreamLabel: table.label };
  return json({ Streams: isAsked ? [stream] : [] });
}

export function answerDescribeStream(view: StreamView, request: DescribeStreamRequest): Buffer {
  const { state, table } = view;
  requireStream(state, table.streamArn, request.StreamArn);
  const { ExclusiveStartShardId: after = '', ShardFilter: filter } = request;
  // The ids begin with a time of constant length, so they sort as the shards were made.
  const asked = state.shards.filter(
    (shard) =>
      shard.listedFromCall <= state.describeCalls &&
      shard.shardId > after &&
      (!filter || shard.parentShardId === filter.ShardId),
  );
  const page = asked.slice(0, Math.min(request.Limit ?? view.shardsPerPage, view.shardsPerPage));
  return json({
    StreamDescription: {
      StreamArn: table.streamArn,
      StreamLabel: table.label,
      StreamStatus: state.status,
      StreamViewType: table.viewType,
      CreationRequestDateTime: table.createdAt / 1_000,
      TableName: table.name,
      KeySchema: table.keyNames.map((AttributeName, index) => ({
        AttributeName,
        KeyType: index === 0 ? 'HASH' : 'RANGE',
      })),
      Shards: page.map(describeShard),
      ...(page.length < asked.length && { LastEvaluatedShardId: page.at(-1)?.shardId }),
    },
  });
}

const describeShard = (shard: StoredShard) => ({
  ShardId: shard.shardId,
  ...(shard.parentShardId !== undefined && { ParentShardId: shard.parentShardId }),
  SequenceNumberRange: {
    StartingSequenceNumber: String(shard.startingSequenceNumber),
    ...(shard.endingSequenceNumber !== undefined && {
      EndingSequenceNumber: String(shard.endingSequenceNumber),
    }),
  },
});

export function answerGetShardIterator(view: StreamView, request: GetShardIteratorRequest): Buffer {
  requireStream(view.state, view.table.streamArn, request.StreamArn);
  const shard = requireShard(view.state, request.ShardId);
  const from = startOf(shard, request, view.state.lastSequenceNumber);
  return json({ ShardIterator: newIterator(view, shard, from) });
}

/** @param giveNothing whether the page is to be empty, with an iterator for the same place */
export function answerGetRecords(
  view: StreamView,
  request: GetRecordsRequest,
  giveNothing: () => boolean,
): Buffer {
  requireStream(view.state, view.table.streamArn);
  const iterator = decodeIterator(request.ShardIterator, view.table.streamArn);
  if (isExpired(iterator, view))
    throw new ServiceError(
      'ExpiredIteratorException',
      `An iterator of shard ${iterator.shardId} has expired.`,
    );
  const shard = requireShard(view.state, iterator.shardId);
  const page = readPage(shard, iterator.from, request.Limit ?? 1_000);
  if (giveNothing()) return recordsBody([], newIterator(view, shard, iterator.from));
  return recordsBody(
    page.records.map((record) => record.json),
    page.next === undefined ? undefined : newIterator(view, shard, page.next),
  );
}

const isExpired = ({ issuedAt, generation }: ShardIterator, view: StreamView): boolean =>
  generation < view.generation || view.now - issuedAt > iteratorLifeMs;

const newIterator = (
  { table, now, generation }: StreamView,
  { shardId }: StoredShard,
  from: bigint,
): string => encodeIterator({ shardId, from, issuedAt: now, generation }, table.streamArn);

const requireStream = ({ status }: StreamState, streamArn: string, asked = streamArn): void => {
  if (status === 'DELETED' || asked !== streamArn)
    throw new ServiceError(
      'ResourceNotFoundException',
      `Requested resource not found: Stream: ${asked} not found`,
    );
};

const requireShard = ({ shards }: StreamState, shardId: string): StoredShard => {
  const shard = shards.find((one) => one.shardId === shardId);
  if (!shard)
    throw new ServiceError(
      'ResourceNotFoundException',
      `Requested resource not found: Shard ${shardId} does not exist`,
    );
  return shard;
};

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

/** Puts the records' own bytes into the answer: nothing is serialised a second time. */
const recordsBody = (records: readonly Buffer[], next: string | undefined): Buffer => {
  const separated = records.flatMap((record, index) => (index === 0 ? [record] : [comma, record]));
  const end = next === undefined ? ']}' : `],"NextShardIterator":${JSON.stringify(next)}}`;
  return Buffer.concat([recordsBegin, ...separated, Buffer.from(end)]);
};

const recordsBegin = Buffer.from('{"Records":[');
const comma = Buffer.from(',');
