import type { NotRun } from './resource-plan.ts';

/** What is to run when everything has been created. */
export interface FunctionPlan {
  /** Those that the mappings and the routes invoke, in the order of the template. */
  readonly functions: readonly PlannedFunction[];
  readonly mappings: readonly PlannedMapping[];
  readonly queueMappings: readonly PlannedQueueMapping[];
  /** Of the HTTP APIs. */
  readonly routes: readonly PlannedRoute[];
  /** Mappings and events of other sources, routes to something else, and functions that nothing invokes here. */
  readonly notRun: readonly NotRun[];
  /** Outputs by name; those whose condition is false are left out. */
  readonly outputs: Readonly<Record<string, PlannedOutput>>;
  /** What the template asks for and does not get here, in sentences. */
  readonly warnings: readonly string[];
}

export interface PlannedFunction {
  readonly logicalId: string;
  readonly name: string;
  /** Lambda's: `handlers/orders.handler`. */
  readonly handler: string;
  /** `nodejs24.x` */
  readonly runtime: string;
  readonly code: CodeLocation;
  /** The function's own variables, without those that Lambda adds. */
  readonly environment: Readonly<Record<string, string>>;
  /** Default 3, Lambda's. */
  readonly timeoutSeconds: number;
  /** Default 128, Lambda's. */
  readonly memorySizeMb: number;
}

/** An absolute path. */
export interface CodeLocation {
  readonly kind: 'zip' | 'folder';
  readonly path: string;
}

export interface PlannedMapping {
  /** An event of a SAM function has the logical ID that SAM gives it: the function's and the event's in one word. */
  readonly logicalId: string;
  readonly functionLogicalId: string;
  readonly source: MappingSource;
  readonly settings: MappingProperties;
}

export type MappingSource =
  /** The stream of a table of this template. */
  | { readonly kind: 'table'; readonly logicalId: string; readonly streamArn: string }
  /** The stream of a table that has to be there already. */
  | { readonly kind: 'stream'; readonly streamArn: string };

/**
 * The properties of a mapping as they stand, in AWS's names; what is not there has Lambda's default.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export interface MappingProperties {
  readonly StartingPosition: 'TRIM_HORIZON' | 'LATEST';
  readonly BatchSize?: number;
  readonly MaximumBatchingWindowInSeconds?: number;
  readonly ParallelizationFactor?: number;
  readonly MaximumRetryAttempts?: number;
  readonly MaximumRecordAgeInSeconds?: number;
  readonly TumblingWindowInSeconds?: number;
  readonly BisectBatchOnFunctionError?: boolean;
  readonly Enabled?: boolean;
  readonly FunctionResponseTypes?: readonly string[];
  readonly FilterCriteria?: { readonly Filters: readonly { readonly Pattern: string }[] };
  /** An ARN of a queue, a topic or a bucket. */
  readonly DestinationConfig?: { readonly OnFailure: { readonly Destination: string } };
}

/** A route of an HTTP API to a function. */
export interface PlannedRoute {
  readonly logicalId: string;
  readonly apiLogicalId: string;
  /** API Gateway's: `GET /orders/{orderId}`, `ANY /{proxy+}` or `$default`. */
  readonly routeKey: string;
  readonly functionLogicalId: string;
  /** How long API Gateway waits for the function. Default 30 s, its own. */
  readonly timeoutMs: number;
}

/** A mapping of a queue of this template. */
export interface PlannedQueueMapping {
  readonly logicalId: string;
  readonly functionLogicalId: string;
  readonly queueLogicalId: string;
  readonly queueArn: string;
  readonly settings: QueueMappingProperties;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html */
export interface QueueMappingProperties {
  readonly BatchSize?: number;
  readonly MaximumBatchingWindowInSeconds?: number;
  readonly FunctionResponseTypes?: readonly string[];
  readonly FilterCriteria?: { readonly Filters: readonly { readonly Pattern: string }[] };
  readonly ScalingConfig?: { readonly MaximumConcurrency?: number };
}

export type PlannedOutput =
  | { readonly kind: 'value'; readonly value: string }
  | { readonly kind: 'unresolved'; readonly reason: string };
