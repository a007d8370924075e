import type { Guarantee } from '../../idempotency/guarantee.ts';
import type { RouteDescription } from '../../routing/describe-routes.ts';
import type { StreamView } from '../../stream/record.ts';

/**
 * A service as the rules see it: plain data, with the defaults of the plugin and of Spillway filled in. `undefined` stands
 * for what cannot be known before the deployment; the rules that need it then say nothing.
 */
export interface ServiceModel {
  readonly consumers: readonly ConsumerModel[];
  /** The functions of `createReplayHandler`. */
  readonly replays: readonly ReplayModel[];
  readonly tables: readonly TableModel[];
  readonly queues: readonly QueueModel[];
}

interface FunctionModel {
  /** As serverless.yml has it. */
  readonly name: string;
  /** The file that exports the handler. */
  readonly file: string;
  readonly timeoutSeconds: number;
}

/** A function that a stream invokes. */
export interface ConsumerModel extends FunctionModel {
  readonly consumer: string | undefined;
  readonly routes: readonly RouteDescription[];
  readonly deadlineMarginMs: number | undefined;
  readonly order: 'item' | 'shard' | undefined;
  readonly concurrency: number | undefined;
  readonly ledger: LedgerModel | 'off' | undefined;
  readonly deadLetters: 'on' | 'off' | undefined;
  readonly afterDeadLetter: 'continue' | 'park-item' | undefined;
  readonly mappings: readonly MappingModel[];
}

export interface LedgerModel {
  readonly guarantee: Guarantee;
  readonly expiresAfterSeconds: number;
}

/** A function that a queue of dead letters invokes. */
export interface ReplayModel extends FunctionModel {
  /** The `id` of the queue; undefined: none is attached. */
  readonly queue: string | undefined;
}

/** -1 stands for unlimited, as on AWS.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html */
export interface MappingModel {
  /** The `id` of the table. */
  readonly table: string;
  readonly isEnabled: boolean;
  readonly batchSize: number;
  readonly batchWindowSeconds: number;
  readonly parallelizationFactor: number;
  readonly maximumRetryAttempts: number;
  readonly maximumRecordAgeSeconds: number;
  readonly bisects: boolean;
  /** Whether the function response type is `ReportBatchItemFailures`. */
  readonly hasPartialResponses: boolean;
  /** 0: none. */
  readonly tumblingWindowSeconds: number;
  /** The `id` of the queue that gets the pointers; undefined: none, or something else. */
  readonly onFailureQueue: string | undefined;
}

export interface TableModel {
  /** The same for every mapping of this table's stream: a logical id, or an ARN. */
  readonly id: string;
  /** What AWS will call it. */
  readonly name: string | undefined;
  readonly view: StreamView | undefined;
  /** The names of the key attributes. */
  readonly keys: readonly string[] | undefined;
}

export interface QueueModel {
  /** A logical id, or an ARN. */
  readonly id: string;
  readonly retentionSeconds: number | undefined;
  readonly visibilitySeconds: number | undefined;
}
