import type { Metric } from './metrics.ts';
import { periodSeconds } from './metrics.ts';

/**
 * A widget of a dashboard, without its place.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export interface Widget {
  readonly type: 'text' | 'alarm' | 'metric' | 'log';
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A line of a graph: one metric, or all that a search finds. */
export type Line =
  | { readonly label: string; readonly metric: Metric }
  | { readonly label: string; readonly expression: string };

/** A horizontal line, in the unit of the graph. */
export interface Mark {
  readonly label: string;
  readonly value: number;
}

const region = { Ref: 'AWS::Region' };
const graphHeight = 6;

export const heading = (markdown: string): Widget => ({
  type: 'text',
  height: 1,
  properties: { markdown: `## ${markdown}`, background: 'transparent' },
});

export const text = (markdown: unknown): Widget => ({
  type: 'text',
  height: graphHeight,
  properties: { markdown },
});

/** Those that are on come first. */
export const alarmStates = (arns: readonly unknown[]): Widget => ({
  type: 'alarm',
  height: graphHeight,
  // As many as there is room for.
  properties: { title: 'Alarms', alarms: arns.slice(0, 100), sortBy: 'stateUpdatedTimestamp' },
});

export const graph = (title: string, lines: readonly Line[], marks: readonly Mark[] = []): Widget => ({
  type: 'metric',
  height: graphHeight,
  properties: {
    title,
    region,
    view: 'timeSeries',
    period: periodSeconds,
    yAxis: { left: { min: 0 } },
    metrics: lines.map(lineOf),
    ...(marks.length > 0 && { annotations: { horizontal: marks } }),
  },
});

function lineOf(line: Line, index: number): readonly unknown[] {
  if ('expression' in line) return [{ expression: line.expression, label: line.label, id: `e${index}` }];
  const { namespace, name, dimension, statistic } = line.metric;
  return [namespace, name, ...dimension, { label: line.label, stat: statistic }];
}

export const logTable = (title: string, query: unknown): Widget => ({
  type: 'log',
  height: graphHeight,
  properties: { title, region, query, view: 'table' },
});
