import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { S3Client } from '@aws-sdk/client-s3';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '../clock.ts';
import type { FilterCriteria } from '../../filter/compile-filter-criteria.ts';
import type { Invoke } from '../function/invocation.ts';
import type { LambdaFunction } from '../function/invoke-function.ts';
import type { LocalStack } from '../stack/start-local-stack.ts';
import type { Checkpoints, StartingPosition } from '../stream/checkpoints.ts';
import type { BackOff } from './back-off.ts';
import type { RecordMapper } from './batch.ts';
import type { MappingObservers } from './mapping-observers.ts';

/**
 * The settings of a mapping, with the names, defaults and limits that CreateEventSourceMapping has.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
 */
export interface MappingConfiguration {
  /** The ARN of a table's stream (`LatestStreamArn`). */
  readonly EventSourceArn: string;
  /** A name, or an ARN of a function. Default `local-function`. */
  readonly FunctionName?: string;
  /** Where shards start without `resumeFrom`. Lambda has no default, and so there is none here. */
  readonly StartingPosition: StartingPosition;
  /** Records in one invocation, 1 to 10,000. Default 100. */
  readonly BatchSize?: number;
  /** How long an incomplete batch waits for more, 0 to 300 s. Default 0. */
  readonly MaximumBatchingWindowInSeconds?: number;
  /** Batches of one shard at a time, 1 to 10; the changes of one item stay in one line. Default 1. */
  readonly ParallelizationFactor?: number;
  /** Retries without progress before a batch is given up: 0 to 10,000, or -1 for no limit. Default -1. */
  readonly MaximumRetryAttempts?: number;
  /** The age from which records are given up: 60 to 604,800 s, or -1 for no limit. Default -1. */
  readonly MaximumRecordAgeInSeconds?: number;
  /** Whether a batch that failed as a whole is tried again in two halves. Default false. */
  readonly BisectBatchOnFunctionError?: boolean;
  /** The length of the windows over which state is carried, 0 (none) to 900 s. Default 0. */
  readonly TumblingWindowInSeconds?: number;
  /** Whether the response's `batchItemFailures` is read. Default `[]`: it is not. */
  readonly FunctionResponseTypes?: readonly 'ReportBatchItemFailures'[];
  /** Which records the function gets; the others are passed over. Default all. */
  readonly FilterCriteria?: FilterCriteria;
  /** Where records go that are given up: the ARN of a standard queue (SQS), a standard topic (SNS) or a bucket (S3). */
  readonly DestinationConfig?: { readonly OnFailure?: { readonly Destination?: string } };
  /** Whether it reads the stream at once. Default true. */
  readonly Enabled?: boolean;
}

/** Lambda's settings, in its words, and how they are carried out here, in ours. */
export interface EventSourceMappingOptions extends MappingConfiguration, Partial<MappingObservers> {
  /** A function of this process, or one that `startFunction` runs in a process of its own. */
  readonly invoke: LambdaFunction | { readonly invoke: Invoke };
  /**
   * The time limit of a function of this process, 1 to 900,000 ms. Default 30,000. It cannot be ended: when the batch has
   * failed, what it still does goes on beside the retry. One that `startFunction` runs has its own limit, and is killed.
   */
  readonly timeoutMs?: number;
  /** Where the streams and destinations are. Default: what the AWS SDK finds for itself. */
  readonly stack?: Pick<LocalStack, 'environment'> & Partial<Pick<LocalStack, 'onWrite'>>;
  /**
   * The `checkpoints()` of an earlier mapping, to go on where it was stopped; a shard that it does not know is newer, and
   * read from its beginning. Default none.
   */
  readonly resumeFrom?: Checkpoints;
  /**
   * The wait after a read that brought nothing, 1 to 60,000 ms; while nothing comes it grows to 250 ms, Lambda's own
   * rate. Default 20; with a stack that tells of writes 250, and it grows to 1,000.
   */
  readonly pollIntervalMs?: number;
  /** The wait between two lookups for new shards, from 1 ms on; the end of a shard prompts one anyway. Default 10,000. */
  readonly shardDiscoveryIntervalMs?: number;
  /** The waits before a batch is invoked again, or a failed read or send repeated. Default 200 ms to 30,000 ms. */
  readonly retry?: Partial<BackOff>;
  /** Clients to use in place of those that `stack` describes. They are not destroyed by `stop`. */
  readonly clients?: Partial<MappingClientOptions>;
  /** Changes a record before it is filtered and delivered. It must not throw, and keep the sequence number. Default: as it came. */
  readonly mapRecord?: RecordMapper;
  /** Default: the clock of the machine. */
  readonly clock?: Clock;
  /** A number from 0 up to 1, for the jitter of the waits. Default `Math.random`. */
  readonly random?: () => number;
}

export interface MappingClientOptions {
  readonly streams: DynamoDBStreamsClient;
  readonly sqs: SQSClient;
  readonly sns: SNSClient;
  readonly s3: S3Client;
}
