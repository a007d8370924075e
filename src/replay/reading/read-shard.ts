import type { _Record as StreamsApiRecord, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { ReplayError } from '../../errors.ts';
import { property } from '../../processing/thrown.ts';
import { verdictOn } from '../../processing/verdict.ts';
import type { Runtime } from '../../runtime.ts';
import type { Pointer } from './found.ts';

export type ShardPlace = Pick<Pointer, 'streamArn' | 'shardId'>;

export type Position =
  | { readonly kind: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string }
  | { readonly kind: 'TRIM_HORIZON' };

/** What a word with the stream brought, where that is no fault of the network. */
export type Answer<Value> =
  | { readonly kind: 'given'; readonly value: Value }
  /** The iterator is older than 15 minutes. */
  | { readonly kind: 'too-old' }
  /** What was asked for is no longer kept. */
  | { readonly kind: 'trimmed' }
  /** Nothing is known of the shard, or no longer, or it is none at all. */
  | { readonly kind: 'unknown' };

export interface RecordsPage {
  readonly records: readonly StreamsApiRecord[];
  /** Undefined at the end of a closed shard. */
  readonly next: string | undefined;
}

/** Words with the Streams API, each repeated until it is answered. They reject with a `ReplayError`. */
export interface ShardReader {
  /** Undefined: there is nothing to read, for the shard is closed. */
  iterator(place: ShardPlace, position: Position): Promise<Answer<string | undefined>>;
  records(place: ShardPlace, iterator: string, limit: number): Promise<Answer<RecordsPage>>;
  /** Whether more may be written to the shard. */
  isOpen(place: ShardPlace): Promise<Answer<boolean>>;
}

export interface ShardReaderParts {
  readonly client: DynamoDBStreamsClient | undefined;
  readonly runtime: Runtime;
  readonly signal: AbortSignal;
}

/** Where the cause passes by itself: about two minutes, more than AWS throttles anybody for. */
const tries = { most: 20, baseDelayMs: 200, longestDelayMs: 15_000 };

export function createShardReader({ client, runtime, signal }: ShardReaderParts): ShardReader {
  const clients = new Map<string, Promise<DynamoDBStreamsClient>>();
  const clientFor = (streamArn: string): DynamoDBStreamsClient | Promise<DynamoDBStreamsClient> => {
    if (client !== undefined) return client;
    const region = streamArn.split(':')[3] ?? '';
    const made = clients.get(region) ?? makeClient(region);
    clients.set(region, made);
    return made;
  };

  const ask = async <Value>(
    place: ShardPlace,
    operation: (api: Api) => Promise<Value>,
  ): Promise<Answer<Value>> => {
    const { streamArn } = place;
    const [sdk, streams] = await Promise.all([importStreams(), clientFor(streamArn)]);
    /** It may become so while something is waited for. */
    const isAborted = () => signal.aborted;
    for (let attempt = 1; ; attempt += 1) {
      if (isAborted()) throw interrupted(place);
      try {
        return { kind: 'given', value: await operation({ sdk, streams }) };
      } catch (error) {
        if (isAborted()) throw interrupted(place);
        const answer = answerIn(error, sdk);
        if (answer !== undefined) return answer;
        const passes = verdictOn(error, undefined) === 'transient';
        if (!passes || attempt === tries.most) throw unreadable(place, error, passes);
      }
      const longestMs = Math.min(tries.longestDelayMs, tries.baseDelayMs * 2 ** (attempt - 1));
      await runtime.sleep(runtime.random() * longestMs, signal);
    }
  };
  const sendOptions = { abortSignal: signal };

  return {
    iterator: (place, position) =>
      ask(place, async ({ sdk: { GetShardIteratorCommand }, streams }) => {
        const command = new GetShardIteratorCommand({
          StreamArn: place.streamArn,
          ShardId: place.shardId,
          ShardIteratorType: position.kind,
          ...(position.kind !== 'TRIM_HORIZON' && { SequenceNumber: position.sequenceNumber }),
        });
        return (await streams.send(command, sendOptions)).ShardIterator;
      }),
    records: (place, iterator, limit) =>
      ask(place, async ({ sdk: { GetRecordsCommand }, streams }) => {
        const command = new GetRecordsCommand({ ShardIterator: iterator, Limit: limit });
        const { Records: records = [], NextShardIterator: next } = await streams.send(command, sendOptions);
        return { records, next };
      }),
    isOpen: (place) =>
      ask(place, async ({ sdk: { DescribeStreamCommand }, streams }) => {
        for (let after: string | undefined; ;) {
          const command = new DescribeStreamCommand({
            StreamArn: place.streamArn,
            ExclusiveStartShardId: after,
          });
          const { StreamDescription: stream } = await streams.send(command, sendOptions);
          const { Shards: shards = [], StreamStatus: status, LastEvaluatedShardId: last } = stream ?? {};
          // An end that is told is no sign: engines on a user's machine tell one of open shards too.
          const hasEnded = shards.some(({ ParentShardId }) => ParentShardId === place.shardId);
          if (hasEnded || status === 'DISABLED') return false;
          if (last === undefined) return true;
          after = last;
        }
      }),
  };
}

interface Api {
  readonly sdk: StreamsPackage;
  readonly streams: DynamoDBStreamsClient;
}

type StreamsPackage = Awaited<ReturnType<typeof importStreams>>;

function answerIn(
  error: unknown,
  { ExpiredIteratorException, ResourceNotFoundException, TrimmedDataAccessException }: StreamsPackage,
): Exclude<Answer<never>, { kind: 'given' }> | undefined {
  if (error instanceof ExpiredIteratorException) return { kind: 'too-old' };
  if (error instanceof TrimmedDataAccessException) return { kind: 'trimmed' };
  if (error instanceof ResourceNotFoundException) return { kind: 'unknown' };
  // The SDK has no class for it. A pointer made by hand may name what DynamoDB takes for no shard.
  return property(error, 'name') === 'ValidationException' ? { kind: 'unknown' } : undefined;
}

const interrupted = ({ streamArn }: ShardPlace): ReplayError =>
  new ReplayError(`the reading of stream ${streamArn} was interrupted`);

const unreadable = ({ streamArn, shardId }: ShardPlace, cause: unknown, passes: boolean): ReplayError =>
  new ReplayError(
    `shard ${shardId} of stream ${streamArn} could not be read: ` +
      (passes
        ? 'DynamoDB did not answer, or had no capacity, for minutes; try again later'
        : 'see the cause, and that you may dynamodb:GetShardIterator, dynamodb:GetRecords and dynamodb:DescribeStream'),
    { cause },
  );

/** In the stream's own region, whichever is the default. */
async function makeClient(region: string): Promise<DynamoDBStreamsClient> {
  await importStreams();
  const { exactStreamsClient } = await import('../../stream/exact-streams-client.ts');
  return exactStreamsClient({ region });
}

async function importStreams() {
  try {
    return await import('@aws-sdk/client-dynamodb-streams');
  } catch (cause) {
    throw new ReplayError(
      "to read what Lambda's pointers point to, a package is needed: npm install @aws-sdk/client-dynamodb-streams",
      { cause },
    );
  }
}
