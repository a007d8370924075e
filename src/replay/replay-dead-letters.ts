import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { StreamHandler } from '../create-handler.ts';
import type { AnyS3Client } from '../dead-letter/s3-records.ts';
import type { FilterCriteria } from '../filter/compile-filter-criteria.ts';
import type { IfStale, ReplayEvent } from './run-options.ts';
import type { Selection } from './selection.ts';

/** Where the letters are run: by a handler in this process, or by the function that is deployed. */
export type ReplayBy =
  | { readonly handler: StreamHandler; readonly functionName?: never }
  | { readonly functionName: string; readonly handler?: never };

export type ReplayOptions = ReplayBy & {
  readonly queueUrl: string;
  /** Which messages. Default: all. */
  readonly selection?: Selection;
  /** Default `fail`. */
  readonly ifStale?: IfStale;
  /** How many items at once. 1 to 1,000, default 10. */
  readonly concurrency?: number;
  /** Pieces of work begun per second. Default: as many as there can be. */
  readonly ratePerSecond?: number;
  /** How many messages at most. */
  readonly max?: number;
  readonly dryRun?: boolean;
  /** The attribute of an item that grows with every write, by which it is told whether the item has changed since. Default: what the handler's routers name; else images are compared. */
  readonly versionAttribute?: string;
  /** The filter of the mapping whose pointers are read. */
  readonly filter?: FilterCriteria;
  /** For pointers whose records the stream has lost: the keys (plain values) of items that are to run as they are now. */
  readonly fromTable?: readonly Readonly<Record<string, unknown>>[];
  /** How long a message is kept from others at a time. 2 to 43,200, default 120. */
  readonly visibilitySeconds?: number;
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ReplayEvent) => void;
  /** Clients of your own. Default: made when they are needed, with the region and credentials that the SDK finds. */
  readonly clients?: ReplayClients;
};

export interface ReplayClients {
  readonly sqs?: SQSClient;
  readonly dynamodb?: DynamoDBClient;
  readonly streams?: DynamoDBStreamsClient;
  readonly lambda?: LambdaClient;
  readonly s3?: AnyS3Client;
}
