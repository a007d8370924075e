import { createHash } from 'node:crypto';

/** A record that the stream holds: its JSON is made once, and sent as it is. */
export interface StoredRecord {
  readonly sequenceNumber: bigint;
  readonly json: Buffer;
}

export interface StoredShard {
  readonly shardId: string;
  readonly parentShardId?: string;
  /** It takes the partition keys whose hash is at least `from` and below `to`. */
  readonly from: number;
  readonly to: number;
  readonly startingSequenceNumber: bigint;
  /** Present when it is closed. */
  readonly endingSequenceNumber?: bigint;
  /** The last record that is gone. */
  readonly trimmedUpTo?: bigint;
  readonly records: readonly StoredRecord[];
  /** It is listed from this call of DescribeStream on, counted from 1. */
  readonly listedFromCall: number;
}

export interface StreamState {
  readonly status: 'ENABLED' | 'DISABLED' | 'DELETED';
  /** The oldest first, so that parents stand before their children. */
  readonly shards: readonly StoredShard[];
  readonly lastSequenceNumber: bigint;
  /** The milliseconds in the id of the newest shard: no two shards have the same. */
  readonly lastShardStamp: number;
  /** How often DescribeStream was called. */
  readonly describeCalls: number;
}

/** The numbers have gaps, as AWS's do: nobody may add one and hope. */
const sequenceStep = 7n;

export const isOpen = (shard: StoredShard): boolean => shard.endingSequenceNumber === undefined;

export function emptyStream(
  firstSequenceNumber: bigint,
  ranges: readonly HashRange[],
  now: number,
): StreamState {
  const state: StreamState = {
    status: 'ENABLED',
    shards: [],
    lastSequenceNumber: firstSequenceNumber - sequenceStep,
    lastShardStamp: 0,
    describeCalls: 0,
  };
  return ranges.reduce((made, range) => withShard(made, range, now), state);
}

export interface HashRange {
  readonly from: number;
  readonly to: number;
  readonly parentShardId?: string;
  readonly listedFromCall?: number;
}

/** The range in so many parts of about the same size. */
export function divide({ from, to }: HashRange, parts: number): readonly HashRange[] {
  const edge = (part: number) => from + Math.floor(((to - from) * part) / parts);
  return Array.from({ length: parts }, (_, part) => ({ from: edge(part), to: edge(part + 1) }));
}

function withShard(state: StreamState, range: HashRange, now: number): StreamState {
  const stamp = Math.max(now, state.lastShardStamp + 1);
  const digits = String(stamp).padStart(20, '0');
  const shard: StoredShard = {
    listedFromCall: 0,
    ...range,
    shardId: `shardId-${digits}-${createHash('md5').update(digits).digest('hex').slice(0, 8)}`,
    startingSequenceNumber: state.lastSequenceNumber + sequenceStep,
    records: [],
  };
  return { ...state, lastShardStamp: stamp, shards: [...state.shards, shard] };
}

/** @throws TypeError if the stream holds no such shard */
export function shardOf({ shards }: StreamState, shardId: string): StoredShard {
  const shard = shards.find((one) => one.shardId === shardId);
  if (!shard) throw new TypeError(`The stream holds no shard ${shardId}. shards() lists those it holds.`);
  return shard;
}

const replaceShard = (state: StreamState, shardId: string, by: Partial<StoredShard>): StreamState => ({
  ...state,
  shards: state.shards.map((shard) => (shard.shardId === shardId ? { ...shard, ...by } : shard)),
});

/** A record on its way into the stream: its JSON holds the sequence number, which only the stream knows. */
export interface IncomingRecord {
  readonly hash: number;
  readonly json: (sequenceNumber: string) => Buffer;
}

/** The records at the ends of the open shards, in the order given. */
export function append(state: StreamState, incoming: readonly IncomingRecord[]): StreamState {
  const placed = incoming.map(({ hash, json }, index) => {
    const shard = state.shards.find((one) => isOpen(one) && one.from <= hash && hash < one.to);
    if (!shard)
      throw new TypeError(
        'The stream takes no records any more: it was disabled, and its shards are closed.',
      );
    const sequenceNumber = state.lastSequenceNumber + BigInt(index + 1) * sequenceStep;
    return { shardId: shard.shardId, record: { sequenceNumber, json: json(String(sequenceNumber)) } };
  });
  const byShard = Map.groupBy(placed, ({ shardId }) => shardId);
  return {
    ...state,
    lastSequenceNumber: state.lastSequenceNumber + BigInt(incoming.length) * sequenceStep,
    shards: state.shards.map((shard) => {
      const added = byShard.get(shard.shardId);
      return added ? { ...shard, records: [...shard.records, ...added.map(({ record }) => record)] } : shard;
    }),
  };
}

/** The shard has ended, and nothing follows it. */
export function close(state: StreamState, shardId: string): StreamState {
  if (!isOpen(shardOf(state, shardId)))
    throw new TypeError(`Shard ${shardId} is closed already; only an open one can end.`);
  // The end takes a number of its own, so that it lies behind the last record and before the children's start.
  const endingSequenceNumber = state.lastSequenceNumber + sequenceStep;
  return {
    ...replaceShard(state, shardId, { endingSequenceNumber }),
    lastSequenceNumber: endingSequenceNumber,
  };
}

export interface Succession {
  /** One child for a roll-over, two for a split. */
  readonly children: 1 | 2;
  /** So many calls of DescribeStream do not list the children yet. */
  readonly unlistedCalls: number;
  readonly now: number;
}

/** The shard has ended, and its children have taken over its keys. */
export function succeed(state: StreamState, shardId: string, how: Succession): StreamState {
  const parent = shardOf(state, shardId);
  if (parent.to - parent.from < how.children)
    throw new TypeError(`Shard ${shardId} has a single hash left and cannot be split. Use rollOver.`);
  const listedFromCall = state.describeCalls + 1 + how.unlistedCalls;
  return divide(parent, how.children).reduce(
    (made, range) => withShard(made, { ...range, parentShardId: shardId, listedFromCall }, how.now),
    close(state, shardId),
  );
}

/** The records up to that sequence number are gone. */
export function trim(state: StreamState, shardId: string, upTo: bigint): StreamState {
  const { records } = shardOf(state, shardId);
  const kept = firstFrom(records, upTo + 1n);
  const last = records[kept - 1];
  return last
    ? replaceShard(state, shardId, { records: records.slice(kept), trimmedUpTo: last.sequenceNumber })
    : state;
}

/** The stream knows the shard no longer. */
export function forget(state: StreamState, shardId: string): StreamState {
  if (isOpen(shardOf(state, shardId)))
    throw new TypeError(
      `Shard ${shardId} is open; a stream forgets only closed shards. Split it or roll it over.`,
    );
  return { ...state, shards: state.shards.filter((shard) => shard.shardId !== shardId) };
}

export const disable = (state: StreamState): StreamState => ({
  ...state.shards.filter(isOpen).reduce((made, { shardId }) => close(made, shardId), state),
  status: 'DISABLED',
});

/** The index of the first record that has this sequence number or a later one; the length, if none has. */
export function firstFrom(records: readonly StoredRecord[], sequenceNumber: bigint): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const record = records[middle];
    if (record && record.sequenceNumber < sequenceNumber) low = middle + 1;
    else high = middle;
  }
  return low;
}
