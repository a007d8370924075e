import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { BackOff } from './back-off.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Clock } from './clock.ts';
import type { LambdaFunction } from './invoke-function.ts';
import type { LocalEnvironment } from './local-environment.ts';
import type { MappingObservers } from './mapping-observers.ts';

export type StartingPosition = 'TRIM_HORIZON' | 'LATEST';

/**
 * The options of a mapping, in Lambda's words.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export interface EventSourceMappingOptions extends Partial<MappingObservers> {
  /** The ARN of a table's stream (`LatestStreamArn`). */
  readonly streamArn: string;
  /** The Lambda function, as a function of this process. */
  readonly invoke: LambdaFunction;
  /** Default `local-function`. */
  readonly functionName?: string;
  /** Records in one invocation, 1 to 10,000. Default 100. */
  readonly batchSize?: number;
  /** How long an incomplete batch waits for more, 0 to 300,000 ms. Default 0. */
  readonly maximumBatchingWindowMs?: number;
  /** Where shards start that `resumeFrom` does not name. Default `TRIM_HORIZON`. */
  readonly startingPosition?: StartingPosition;
  /** The `checkpoints()` of an earlier mapping, to go on where it was stopped. Default none. */
  readonly resumeFrom?: Checkpoints;
  /** Retries without progress before a batch is given up: 0 to 10,000, or -1 for no limit. Default -1. */
  readonly maximumRetryAttempts?: number;
  /** The function's time limit, 1 to 900,000 ms. Default 30,000. */
  readonly timeoutMs?: number;
  /** Where the pointers to the batches that are given up go. Default nowhere: only `onGivenUp` hears of them. */
  readonly onFailure?: { readonly queueUrl: string };
  /** Whether the response's `batchItemFailures` is read. Default `['ReportBatchItemFailures']`; `[]` for no. */
  readonly functionResponseTypes?: readonly 'ReportBatchItemFailures'[];
  /** The wait after a read that brought nothing, 1 to 60,000 ms; it grows to 250 ms while nothing comes. Default 20. */
  readonly pollIntervalMs?: number;
  /** The wait between two lookups for new shards, from 1 ms on; the end of a shard prompts one anyway. Default 10,000. */
  readonly shardDiscoveryIntervalMs?: number;
  /** The waits before a batch is invoked again, or a failed read or send repeated. Default 200 ms to 30,000 ms. */
  readonly retry?: Partial<BackOff>;
  /** `environment` of a local stack: where the streams and queues are. Default: what the AWS SDK finds for itself. */
  readonly environment?: LocalEnvironment;
  /** Clients to use in place of those that `environment` describes. They are not destroyed by `stop`. */
  readonly clients?: { readonly streams?: DynamoDBStreamsClient; readonly sqs?: SQSClient };
  /** Default: the clock of the machine. */
  readonly clock?: Clock;
  /** A number from 0 up to 1, for the jitter of the waits. Default `Math.random`. */
  readonly random?: () => number;
}
