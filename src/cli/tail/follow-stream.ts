import { randomUUID } from 'node:crypto';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { DescribeStreamCommand, ResourceNotFoundException } from '@aws-sdk/client-dynamodb-streams';
import { LocalStackError, SpillwayError } from '../../errors.ts';
import type { EventSourceMapping, Invoke, StartingPosition } from '../../local/index.ts';
import { startEventSourceMapping } from '../../local/index.ts';
import { readEvent } from '../../stream/read-event.ts';
import type { RawRecord } from '../../stream/record.ts';
import { judgeError } from './judge-error.ts';
import type { ShowRecords } from './show-records.ts';

export interface FollowParts {
  readonly streamArn: string;
  readonly from: StartingPosition;
  /** Lambda's filter patterns; none lets all records pass. */
  readonly filters: readonly string[];
  readonly streams: DynamoDBStreamsClient;
  readonly pollIntervalMs: number;
  readonly show: ShowRecords;
  /** Waits for whoever reads what is shown. */
  readonly untilDrained: (signal: AbortSignal) => Promise<void>;
  /** Something went wrong, and it goes on. */
  readonly onPassing: (error: Error) => void;
  /** Something went wrong for good. */
  readonly onFailed: (error: Error) => void;
}

/**
 * Shows what comes on a stream, until the mapping is stopped: in order within a shard, across shards as it comes.
 * @throws SpillwayError if the stream cannot be read, or a filter is wrong
 */
export async function followStream(parts: FollowParts): Promise<EventSourceMapping> {
  const { streamArn, filters, streams, show, onPassing, onFailed } = parts;
  const delivered = new Map<string, readonly RawRecord[]>();
  const invoke: Invoke = async (eventJson, abandoning) => {
    await parts.untilDrained(abandoning);
    const requestId = randomUUID();
    if (abandoning.aborted) return { requestId, durationMs: 0, result: { kind: 'abandoned' } };
    delivered.set(requestId, readEvent(JSON.parse(eventJson)));
    return { requestId, durationMs: 0, result: { kind: 'returned', response: null } };
  };
  const onError = (error: Error) => {
    const verdict = judgeError(error);
    if (verdict === 'final') onFailed(unreadable(streamArn, error.cause));
    else if (verdict === 'passing') onPassing(error);
    else void failIfGone(parts, error);
  };
  return startEventSourceMapping({
    EventSourceArn: streamArn,
    StartingPosition: parts.from,
    FilterCriteria: { Filters: filters.map((Pattern) => ({ Pattern })) },
    invoke: { invoke },
    // A function is not told of the shard; the report on its invocation is.
    onInvocation: ({ requestId, shardId }) => {
      const records = delivered.get(requestId) ?? [];
      delivered.delete(requestId);
      try {
        show(records, shardId);
      } catch (cause) {
        onFailed(new LocalStackError('A change could not be shown.', { cause }));
      }
    },
    onError,
    clients: { streams },
    pollIntervalMs: parts.pollIntervalMs,
  }).catch((error: unknown) => {
    throw error instanceof SpillwayError ? error : unreadable(streamArn, error);
  });
}

const unreadable = (streamArn: string, cause: unknown): LocalStackError =>
  new LocalStackError(`The stream ${streamArn} cannot be read.`, { cause });

/** A shard that is not found has grown too old. The stream itself is gone with its table, or a day after it was turned off. */
async function failIfGone(
  { streams, streamArn, onPassing, onFailed }: FollowParts,
  error: Error,
): Promise<void> {
  try {
    await streams.send(new DescribeStreamCommand({ StreamArn: streamArn, Limit: 1 }));
    onPassing(error);
  } catch (cause) {
    if (!(cause instanceof ResourceNotFoundException)) {
      onPassing(error);
      return;
    }
    onFailed(
      new LocalStackError(
        `The stream ${streamArn} is no more: its table was deleted, or it was turned off.`,
        {
          cause,
        },
      ),
    );
  }
}
