import type { Measurement } from './measure-records.ts';

export interface MetricValue {
  readonly name: string;
  readonly unit: 'Count' | 'Milliseconds';
  readonly value: number;
}

/** One line of the embedded metric format: its metrics, all of the same dimensions. */
export interface MetricLine {
  readonly dimensions: Readonly<Record<string, string>>;
  readonly values: readonly MetricValue[];
}

/**
 * How many values a metric may have in a line. CloudWatch takes 100, but with the hundredth Powertools publishes of its
 * own accord and forgets the dimensions, so that what follows would have none.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const mostValues = 99;

/**
 * A measurement as lines: the counts in the first one, durations and lags as values, for CloudWatch makes percentiles
 * of values and none of sums. A consumer says each of its counts, zeros too, so that an alarm always has something to
 * look at; a route only says what happened, for every metric of every route is paid for.
 */
export function metricLines(measurement: Measurement): readonly MetricLine[] {
  const { handlerDurationsMs, streamLagsMs } = measurement;
  const lines = Math.max(1, Math.ceil(Math.max(handlerDurationsMs.length, streamLagsMs.length) / mostValues));
  const dimensions = dimensionsOf(measurement);
  return Array.from({ length: lines }, (_, index) => {
    const part = (name: string, values: readonly number[]): readonly MetricValue[] =>
      values
        .slice(index * mostValues, (index + 1) * mostValues)
        .map((value) => ({ name, unit: 'Milliseconds', value }));
    return {
      dimensions,
      values: [
        ...(index === 0 ? countValues(measurement) : []),
        ...part('HandlerDuration', handlerDurationsMs),
        ...part('StreamLag', streamLagsMs),
      ],
    };
  }).filter(({ values }) => values.length > 0);
}

const countValues = ({ route, counts }: Measurement): readonly MetricValue[] =>
  Object.entries(counts)
    .filter(([, value]) => route === undefined || value > 0)
    .map(([name, value]) => ({ name, unit: 'Count', value }));

const dimensionsOf = ({ consumer, route }: Measurement): MetricLine['dimensions'] => ({
  consumer: dimensionValue(consumer),
  ...(route !== undefined && { route: dimensionValue(route) }),
});

/**
 * CloudWatch drops a metric whose dimension is not ASCII, or begins with a colon; names of Spillway may.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html
 */
const dimensionValue = (name: string): string => name.replaceAll(/[^\x20-\x7e]/gu, '_').replace(/^:/, '_');
