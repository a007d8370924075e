/** The metrics that Lambda has for a mapping, by their names.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html */
export interface MappingMetrics {
  readonly PolledEventCount: number;
  readonly FilteredOutEventCount: number;
  /** Records handed to the function, each as often as it was. */
  readonly InvokedEventCount: number;
  /** Records of the invocations that failed, wholly or in part. */
  readonly FailedInvokeEventCount: number;
  /** Records given up, with a destination or without. */
  readonly DroppedEventCount: number;
  readonly OnFailureDestinationDeliveredEventCount: number;
}

export interface MappingCounts {
  readonly add: (metric: keyof MappingMetrics, records: number) => void;
  readonly metrics: () => MappingMetrics;
}

export function createCounts(): MappingCounts {
  const counts = {
    PolledEventCount: 0,
    FilteredOutEventCount: 0,
    InvokedEventCount: 0,
    FailedInvokeEventCount: 0,
    DroppedEventCount: 0,
    OnFailureDestinationDeliveredEventCount: 0,
  };
  return { add: (metric, records) => (counts[metric] += records), metrics: () => ({ ...counts }) };
}
