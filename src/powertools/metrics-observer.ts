import type { Observer, RecordEvent } from '../processing/observer.ts';
import { measureRecords } from './measure-records.ts';
import type { MetricLine, MetricValue } from './metric-lines.ts';
import { metricLines } from './metric-lines.ts';

/** What is asked of a `Metrics` of Powertools. Spelled out, so that nobody needs the package for its types. */
export interface PowertoolsMetrics {
  addDimensions(dimensions: Record<string, string>): unknown;
  addMetric(name: string, unit: MetricValue['unit'], value: number): unknown;
  hasStoredMetrics(): boolean;
  publishStoredMetrics(): unknown;
  clearDimensions(): void;
  clearMetadata(): void;
}

/**
 * Writes the metrics of each batch when it is done, by consumer, and by consumer and route: see docs/observability.md.
 * What the handlers have put into the same instance is published first, as it is; an instance of its own is better.
 * @example createHandler(router, { observers: [metricsObserver(new Metrics({ namespace: 'Shop' }))] })
 */
export function metricsObserver(metrics: PowertoolsMetrics): Observer {
  // By consumer, for that is all that ties a record to its batch. Invocations side by side may be told of together:
  // the sums are the same.
  const gathered = new Map<string, RecordEvent[]>();
  return {
    onRecord(event) {
      const events = gathered.get(event.consumer);
      if (events === undefined) gathered.set(event.consumer, [event]);
      else events.push(event);
    },
    onBatch({ consumer }) {
      const events = gathered.get(consumer) ?? [];
      gathered.delete(consumer);
      if (events.length > 0) publish(metrics, measureRecords(consumer, events).flatMap(metricLines));
    },
  };
}

function publish(metrics: PowertoolsMetrics, lines: readonly MetricLine[]): void {
  try {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    else forget(metrics);
  } finally {
    // What could not be published was not ours; ours can be.
    for (const line of lines) publishLine(metrics, line);
  }
}

function publishLine(metrics: PowertoolsMetrics, { dimensions, values }: MetricLine): void {
  metrics.addDimensions(dimensions);
  for (const { name, unit, value } of values) metrics.addMetric(name, unit, value);
  metrics.publishStoredMetrics();
}

/** Dimensions and metadata that were set for metrics which never came would become ours. */
function forget(metrics: PowertoolsMetrics): void {
  metrics.clearDimensions();
  metrics.clearMetadata();
}
