import { streamRetentionSeconds } from '../../idempotency/expiry.ts';
import type { Metric } from './metrics.ts';
import { functionMetric, mappingMetric, queueMetric } from './metrics.ts';
import { spillwayLines } from './spillway-metrics.ts';
import { durationText, iteratorAgeSeconds, letterAgeSeconds, pointerAgeSeconds } from './thresholds.ts';
import type { AlarmSettings, WatchSettings } from './watch-settings.ts';
import type { WatchedFunction, WatchedMapping, WatchedQueue } from './watched.ts';
import type { Line, Mark, Widget } from './widgets.ts';
import { graph } from './widgets.ts';

export interface QuestionParts {
  readonly functions: readonly WatchedFunction[];
  readonly mappings: readonly WatchedMapping[];
  readonly queues: readonly WatchedQueue[];
  readonly settings: WatchSettings;
}

type MappingMetricName = Parameters<typeof mappingMetric>[0];

/** Lines far below the marks are what is wanted. */
export function keepingUp({ functions, mappings, settings }: QuestionParts): readonly Widget[] {
  const consumers = functions.filter(({ kind }) => kind === 'consumer');
  const thresholds = consumers.map((one) => iteratorAgeSeconds(one, thresholdsOf(settings)));
  return [
    graph(
      'Age of what is handed over (ms)',
      consumers.map((one) => line(one.name, functionMetric('IteratorAge', one))),
      [
        ...marksAt(thresholds, 'alarm at', 1_000),
        ...marksAt([streamRetentionSeconds], 'the stream forgets at', 1_000),
      ],
    ),
    graph('Records read, and handed over (each time)', [
      ...perMapping(mappings, 'PolledEventCount', 'read'),
      ...perMapping(mappings, 'InvokedEventCount', 'handed over'),
    ]),
    ...spillwayGraph(settings, 'Lag at the outcome, p99 (ms)', (namespace) => [
      spillwayLines(namespace, functions).ofConsumers('StreamLag', 'p99'),
    ]),
  ];
}

/** All of it zero is what is wanted. */
export function stuck({ functions, mappings, queues, settings }: QuestionParts): readonly Widget[] {
  const alarms = thresholdsOf(settings);
  const ofQueues = (metric: Parameters<typeof queueMetric>[0], what: string): readonly Line[] =>
    queues.map((queue) => line(`${queue.label} ${what}`, queueMetric(metric, queue)));
  // One mark, the first that is due: by the last one, a week later, the graph would be scaled.
  const letters = [
    graph('Letters in the queue', [
      ...ofQueues('ApproximateNumberOfMessagesVisible', 'waiting'),
      ...ofQueues('NumberOfMessagesSent', 'new'),
    ]),
    graph('Age of the oldest letter (s)', ofQueues('ApproximateAgeOfOldestMessage', 'oldest'), [
      ...marksAt(
        queues.map((queue) => pointerAgeSeconds(queue, alarms) ?? letterAgeSeconds(queue, alarms)),
        'look before',
      ),
    ]),
  ];
  return [
    ...(queues.length === 0 ? [] : letters),
    graph('Records delivered again, and throttles', [
      ...perMapping(mappings, 'FailedInvokeEventCount', 'again'),
      ...functions.map((one) => line(`${one.name} throttled`, functionMetric('Throttles', one))),
    ]),
    ...spillwayGraph(settings, 'Failed, blocked, deferred', (namespace) => {
      const { ofConsumers } = spillwayLines(namespace, functions);
      return ['Failed', 'Blocked', 'Deferred'].map((metric) => ofConsumers(metric, 'Sum'));
    }),
  ];
}

export const failing = ({ functions, mappings, settings }: QuestionParts): readonly Widget[] => [
  graph(
    'Errors of functions',
    functions.map((one) => line(one.name, functionMetric('Errors', one))),
  ),
  graph('Records given up', [
    ...perMapping(mappings, 'OnFailureDestinationDeliveredEventCount', 'pointer written'),
    ...perMapping(mappings, 'DroppedEventCount', 'lost'),
  ]),
  ...spillwayGraph(settings, 'Dead-lettered, by route', (namespace) => [
    spillwayLines(namespace, functions).ofRoutes('DeadLettered', 'Sum'),
  ]),
];

const line = (label: string, metric: Metric): Line => ({ label, metric });

const perMapping = (
  mappings: readonly WatchedMapping[],
  metric: MappingMetricName,
  what: string,
): readonly Line[] =>
  mappings.map((one) => line(`${one.functionName} ${one.stream} ${what}`, mappingMetric(metric, one)));

/** Without alarms there are still times at which one should look. */
const thresholdsOf = ({ alarms }: WatchSettings): AlarmSettings =>
  alarms === 'off'
    ? {
        topic: undefined,
        iteratorAgeSeconds: undefined,
        pointerAgeSeconds: undefined,
        letterAgeSeconds: undefined,
      }
    : alarms;

const marksAt = (seconds: readonly number[], what: string, perSecond = 1): readonly Mark[] =>
  [...new Set(seconds)].map((one) => ({ label: `${what} ${durationText(one)}`, value: one * perSecond }));

const spillwayGraph = (
  { metricsNamespace }: WatchSettings,
  title: string,
  lines: (namespace: string) => readonly Line[],
): readonly Widget[] => (metricsNamespace === undefined ? [] : [graph(title, lines(metricsNamespace))]);
