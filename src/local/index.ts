export { startLocalStack } from './stack/start-local-stack.ts';
export type { LocalStack, LocalStackOptions } from './stack/start-local-stack.ts';
export type { Environment, LocalEndpoints, LocalEnvironment } from './stack/local-environment.ts';

export { startService } from './service/start-service.ts';
export type { Service } from './service/start-service.ts';
export type { AppliedTemplate, ServiceObservers, ServiceOptions } from './service/service-options.ts';

export type { RequestReport } from './http/start-http-api.ts';

export { startEventSourceMapping } from './mapping/start-event-source-mapping.ts';
export type { EventSourceMapping } from './mapping/start-event-source-mapping.ts';
export type {
  EventSourceMappingOptions,
  MappingClientOptions,
  MappingConfiguration,
} from './mapping/mapping-options.ts';
export type { RecordMapper } from './mapping/batch.ts';
export type { FilterCriteria } from '../filter/compile-filter-criteria.ts';
export { startFunction } from './function/start-function.ts';
export type { RunningFunction, WarmUp } from './function/start-function.ts';
export type { FunctionOptions, FunctionReport } from './function/function-options.ts';
export type { LogLine } from './function/log-lines.ts';
export type { LambdaFunction } from './function/invoke-function.ts';
export type { Invocation, InvocationResult, Invoke } from './function/invocation.ts';
export type { InvocationReport, MappingObservers } from './mapping/mapping-observers.ts';
export type { MappingMetrics } from './mapping/mapping-metrics.ts';
export type { BatchOutcome } from './mapping/judge-invocation.ts';
export type { NextStep } from './mapping/decide-next.ts';
export type { OnFailurePointer } from './mapping/on-failure-pointer.ts';
export type { Checkpoints, ShardCheckpoint, StartingPosition } from './stream/checkpoints.ts';
export type { BackOff } from './mapping/back-off.ts';
export type { Clock } from './clock.ts';
