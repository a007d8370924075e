import type { ResourceConfig } from '../framework.ts';
import { joined } from './joined.ts';
import type { Metric } from './metrics.ts';
import { periodSeconds } from './metrics.ts';

export interface Alarm {
  readonly logicalId: string;
  /** Reads on from the stack's name. */
  readonly title: string;
  /** What it means, and what to do first. Holds no data. */
  readonly description: unknown;
  readonly metric: Metric;
  /** Reached is too much; in the metric's unit. */
  readonly threshold: number;
  /** Of so many periods of five minutes so many must be bad. */
  readonly periods: { readonly bad: number; readonly of: number };
}

/** Once is once too often. */
export const atOnce = { bad: 1, of: 1 } as const;

/**
 * Missing data is not bad: functions, mappings and queues at which nothing happens write nothing.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
 */
export const alarmResource = (
  { title, description, metric, threshold, periods }: Alarm,
  topic: unknown,
): ResourceConfig => {
  const [name, value] = metric.dimension;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: joined({ Ref: 'AWS::StackName' }, ` ${title}`),
      AlarmDescription: description,
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: [{ Name: name, Value: value }],
      Statistic: metric.statistic,
      Period: periodSeconds,
      EvaluationPeriods: periods.of,
      DatapointsToAlarm: periods.bad,
      Threshold: threshold,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: 'notBreaching',
      ...(topic !== undefined && { AlarmActions: [topic], OKActions: [topic] }),
    },
  };
};
