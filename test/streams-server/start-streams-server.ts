import { setTimeout as wait } from 'node:timers/promises';
import type { StreamViewType } from '@aws-sdk/client-dynamodb-streams';
import type { StreamView } from './answer-request.ts';
import {
  answerDescribeStream,
  answerGetRecords,
  answerGetShardIterator,
  answerListStreams,
} from './answer-request.ts';
import type { EmptyPagesPlan } from './empty-pages.ts';
import { createEmptyPages } from './empty-pages.ts';
import type { Reply } from './http-edge.ts';
import { listen } from './http-edge.ts';
import type { Failure } from './planned-failures.ts';
import { createPlannedFailures } from './planned-failures.ts';
import type { ReadLimits } from './read-limits.ts';
import { createReadLimits } from './read-limits.ts';
import type { Operation, StreamsRequest } from './requests.ts';
import { parseRequest } from './requests.ts';
import type { StreamsCall } from './streams-call.ts';
import { callOf } from './streams-call.ts';
import { ServiceError, errorBody, statusOf } from './service-error.ts';
import type { StreamChange } from './stream-change.ts';
import { hashOfPartitionKey, hashSpace, recordJson } from './stream-change.ts';
import type { StreamState } from './stream-state.ts';
import * as stream from './stream-state.ts';

export interface StreamsServerOptions {
  /** Default `items`. */
  readonly tableName?: string;
  /** The key attributes, the partition key first. Default `['pk']`. */
  readonly keyNames?: readonly string[];
  /** Which images a record has. Default `NEW_AND_OLD_IMAGES`. */
  readonly viewType?: StreamViewType;
  /** Default `eu-central-1`. */
  readonly region?: string;
  /** The open shards at the start. Default 1. */
  readonly shards?: number;
  /** 21 to 40 digits; the numbers go up from there in steps of 7. Default a number of 21 digits. */
  readonly firstSequenceNumber?: string;
  /** DescribeStream gives at most so many shards, 1 to 100. Default 100. */
  readonly shardsPerPage?: number;
  /** So many calls of DescribeStream do not list new children yet. Default 0. */
  readonly unlistedCalls?: number;
  /** Default none; `awsReadLimits` are AWS's. */
  readonly readLimits?: ReadLimits;
  /** Milliseconds since the epoch: for record times, for the age of iterators, for the limits. Default `Date.now`. */
  readonly now?: () => number;
}

export interface ShardSummary {
  readonly shardId: string;
  readonly parentShardId?: string;
  readonly isOpen: boolean;
  /** The sequence numbers of the records that it holds, the oldest first. */
  readonly sequenceNumbers: readonly string[];
}

export type StreamsServer = Awaited<ReturnType<typeof startStreamsServer>>;

/**
 * A DynamoDB stream with as many shards as a test wants, behind the Streams API, for the client of the AWS SDK. A test
 * in the same process drives it.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
 * @example
 * await using server = await startStreamsServer({ shards: 2 });
 * server.put({ newImage: { pk: { S: 'a' } } });
 */
export async function startStreamsServer(options: StreamsServerOptions = {}) {
  const { now = Date.now, region = 'eu-central-1', tableName = 'items', unlistedCalls = 0 } = options;
  const { firstSequenceNumber = '300000000000000499659', shardsPerPage = 100 } = options;
  if (!/^[1-9]\d{20,39}$/.test(firstSequenceNumber))
    throw new RangeError(
      `The first sequence number ${firstSequenceNumber} has not 21 to 40 digits. Give it so many.`,
    );
  const createdAt = now();
  const label = new Date(createdAt).toISOString().replace('Z', '');
  const streamArn = `arn:aws:dynamodb:${region}:000000000000:table/${tableName}/stream/${label}`;
  const { keyNames = ['pk'], viewType = 'NEW_AND_OLD_IMAGES' } = options;
  const table = { streamArn, region, viewType, keyNames, name: tableName, label, createdAt };
  const ranges = stream.divide({ from: 0, to: hashSpace }, options.shards ?? 1);

  let state: StreamState = stream.emptyStream(BigInt(firstSequenceNumber), ranges, createdAt);
  let generation = 0;
  const calls: StreamsCall[] = [];
  const failures = createPlannedFailures();
  const emptyPages = createEmptyPages();
  const stopping = new AbortController();
  const enterShard = options.readLimits && createReadLimits(options.readLimits, now);

  const answer = (request: StreamsRequest): Buffer => {
    if (request.operation === 'DescribeStream') state = { ...state, describeCalls: state.describeCalls + 1 };
    const view: StreamView = { state, table, now: now(), generation, shardsPerPage };
    switch (request.operation) {
      case 'ListStreams':
        return answerListStreams(view, request.input);
      case 'DescribeStream':
        return answerDescribeStream(view, request.input);
      case 'GetShardIterator':
        return answerGetShardIterator(view, request.input);
      case 'GetRecords':
        return answerGetRecords(view, request.input, emptyPages.take);
    }
  };
  const answerUnlessFailed = async (request: StreamsRequest): Promise<Reply> => {
    const failure = failures.take(request.operation);
    if (failure === 'BrokenConnection') return { kind: 'broken' };
    if (failure === 'CutResponse') return { kind: 'cut', status: 200, body: answer(request) };
    if (typeof failure === 'string') throw new ServiceError(failure, `A test asked for this ${failure}.`);
    const body = answer(request);
    if (failure) await wait(failure.delayMs, undefined, { signal: stopping.signal });
    return { kind: 'whole', status: 200, body };
  };
  const reply = async (target: string, body: string): Promise<Reply> => {
    try {
      const request = parseRequest(target, body);
      const call = callOf(request, streamArn);
      calls.push(call);
      const leave = call.operation === 'GetRecords' ? enterShard?.(call.shardId) : undefined;
      try {
        return await answerUnlessFailed(request);
      } finally {
        leave?.();
      }
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      return { kind: 'whole', status: statusOf(error), body: errorBody(error) };
    }
  };

  const edge = await listen(reply);
  const stop = async () => {
    stopping.abort();
    await edge.stop();
  };
  const succeed = (shardId: string, children: 1 | 2): readonly string[] => {
    const before = state.shards.length;
    state = stream.succeed(state, shardId, { children, unlistedCalls, now: now() });
    return state.shards.slice(before).map((shard) => shard.shardId);
  };

  return {
    endpoint: `http://127.0.0.1:${edge.port}`,
    streamArn,
    stop,
    [Symbol.asyncDispose]: stop,

    /** Appends records, each to the open shard of its partition key. Many at once are faster than one by one. */
    put: (changes: StreamChange | readonly StreamChange[]): void => {
      const at = now();
      const incoming = [changes].flat().map((change) => ({
        hash: hashOfPartitionKey(change, keyNames),
        json: (sequenceNumber: string) => recordJson(change, sequenceNumber, table, at),
      }));
      state = stream.append(state, incoming);
    },
    /** The shards that the stream holds, listed or not, the oldest first. */
    shards: (): readonly ShardSummary[] =>
      state.shards.map((shard) => ({
        shardId: shard.shardId,
        ...(shard.parentShardId !== undefined && { parentShardId: shard.parentShardId }),
        isOpen: stream.isOpen(shard),
        sequenceNumbers: shard.records.map(({ sequenceNumber }) => String(sequenceNumber)),
      })),
    /** Closes the shard and divides its keys among two children, whose ids it returns. */
    split: (shardId: string): readonly string[] => succeed(shardId, 2),
    /** Closes the shard and hands all its keys to one child, whose id it returns (alone). */
    rollOver: (shardId: string): readonly string[] => succeed(shardId, 1),
    /** Drops the shard's records up to that one. */
    trim: (shardId: string, upToSequenceNumber: string): void => {
      state = stream.trim(state, shardId, BigInt(upToSequenceNumber));
    },
    /** Drops a closed shard; its children still name it. */
    forget: (shardId: string): void => {
      state = stream.forget(state, shardId);
    },
    /** Makes all iterators given out so far expire. */
    expireIterators: (): void => {
      generation += 1;
    },
    /** The next calls of that operation fail so; what is planned later comes later. Default once. */
    failNext: (operation: Operation, failure: Failure, times = 1): void =>
      failures.plan(operation, failure, times),
    /** Pages without records in the midst of a shard, as AWS gives them. A new plan replaces the old; 0 for none. */
    emptyPages: (plan: EmptyPagesPlan): void => emptyPages.plan(plan),
    /** Ends the stream: its open shards are closed, and stay readable. */
    disable: (): void => {
      state = stream.disable(state);
    },
    /** From now on every call is a ResourceNotFoundException. */
    delete: (): void => {
      state = { ...state, status: 'DELETED' };
    },
    /** What was asked, in order: every call that could be read, whether it then failed or not. */
    calls: (): readonly StreamsCall[] => [...calls],
  };
}
