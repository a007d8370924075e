import type { WatchedFunction, WatchedMapping, WatchedQueue } from './watched.ts';

/** A metric of AWS, as alarms and graphs name it. */
export interface Metric {
  readonly namespace: 'AWS/Lambda' | 'AWS/SQS';
  readonly name: string;
  readonly dimension: readonly [name: string, value: unknown];
  readonly statistic: 'Sum' | 'Maximum';
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export const functionMetric = (
  name: 'Errors' | 'Throttles' | 'IteratorAge',
  { reference }: WatchedFunction,
): Metric => ({
  namespace: 'AWS/Lambda',
  name,
  dimension: ['FunctionName', reference],
  statistic: name === 'IteratorAge' ? 'Maximum' : 'Sum',
});

/**
 * Of `MetricsConfig: { Metrics: [EventCount] }`. Those that failed are counted with each delivery, and a partial response
 * counts too, which is no error of the function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
 */
export const mappingMetric = (
  name:
    | 'PolledEventCount'
    | 'InvokedEventCount'
    | 'FailedInvokeEventCount'
    | 'OnFailureDestinationDeliveredEventCount'
    | 'DroppedEventCount',
  { logicalId }: WatchedMapping,
): Metric => ({
  namespace: 'AWS/Lambda',
  name,
  // Ref of a mapping is its UUID.
  dimension: ['EventSourceMappingUUID', { Ref: logicalId }],
  statistic: 'Sum',
});

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html */
export const queueMetric = (
  name: 'ApproximateNumberOfMessagesVisible' | 'ApproximateAgeOfOldestMessage' | 'NumberOfMessagesSent',
  { name: queue }: WatchedQueue,
): Metric => ({
  namespace: 'AWS/SQS',
  name,
  dimension: ['QueueName', queue],
  statistic: name === 'NumberOfMessagesSent' ? 'Sum' : 'Maximum',
});

/** Of every metric here: they come by the minute, and nobody is called for one. */
export const periodSeconds = 300;
