export { startLocalStack } from './start-local-stack.ts';
export type { LocalStack, LocalStackOptions } from './start-local-stack.ts';
export type { Environment, LocalEndpoints, LocalEnvironment } from './local-environment.ts';

export { startEventSourceMapping } from './start-event-source-mapping.ts';
export type { EventSourceMapping } from './start-event-source-mapping.ts';
export type { EventSourceMappingOptions, StartingPosition } from './mapping-options.ts';
export type { LambdaFunction } from './invoke-function.ts';
export type { InvocationReport, MappingObservers } from './mapping-observers.ts';
export type { BatchOutcome, NextStep } from './decide-next.ts';
export type { OnFailurePointer } from './on-failure-pointer.ts';
export type { Checkpoints, ShardCheckpoint } from './checkpoints.ts';
export type { BackOff } from './back-off.ts';
export type { Clock } from './clock.ts';
