import type { Observer, RecordEvent } from '../processing/observer.ts';
import type { RouteResult } from '../processing/outcome.ts';
import { hasRun, retriesOf, streamLagMsOf } from './measure-records.ts';

type Attributes = Readonly<Record<string, string>>;

interface InstrumentOptions {
  readonly description: string;
  readonly unit: string;
  readonly advice?: { explicitBucketBoundaries: number[] };
}

/** What is asked of a `Meter` of OpenTelemetry. Spelled out, so that nobody needs the package for its types. */
export interface OpenTelemetryMeter {
  createCounter(
    name: string,
    options: InstrumentOptions,
  ): { add(value: number, attributes: Attributes): void };
  createHistogram(
    name: string,
    options: InstrumentOptions,
  ): { record(value: number, attributes: Attributes): void };
}

/** Records what the records came to. Sums and buckets are the meter's business, and so is when they are exported. */
export function telemetryMetrics(meter: OpenTelemetryMeter): Observer {
  const records = meter.createCounter('spillway.records', {
    description: 'Records, by what became of them',
    unit: '{record}',
  });
  const results = meter.createCounter('spillway.route.results', {
    description: 'Records of a route, by what became of them',
    unit: '{record}',
  });
  const retries = meter.createCounter('spillway.retries', {
    description: 'Attempts beyond the first',
    unit: '{attempt}',
  });
  const duration = meter.createHistogram('spillway.handler.duration', {
    description: 'From the claim on a record to its outcome, back-offs included',
    unit: 's',
    advice: {
      explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    },
  });
  const lag = meter.createHistogram('spillway.stream.lag', {
    description: 'From the writing of a change by DynamoDB to its outcome',
    unit: 's',
    advice: { explicitBucketBoundaries: [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 43_200, 86_400] },
  });

  const tellRoute = (consumer: string, result: RouteResult): void => {
    const whose = {
      ...ofConsumer(consumer),
      ...(result.route !== null && { 'spillway.route': result.route }),
    };
    const how = { ...whose, 'spillway.outcome': result.outcome };
    if (result.route !== null) results.add(1, how);
    if (retriesOf(result) > 0) retries.add(retriesOf(result), whose);
    if (hasRun(result)) duration.record(result.durationMs / 1_000, how);
  };
  return {
    onRecord(event: RecordEvent) {
      const { consumer, outcome, routes } = event;
      records.add(1, { ...ofConsumer(consumer), 'spillway.outcome': outcome });
      const lagMs = streamLagMsOf(event);
      if (lagMs !== undefined) lag.record(lagMs / 1_000, ofConsumer(consumer));
      for (const result of routes) tellRoute(consumer, result);
    },
  };
}

const ofConsumer = (consumer: string): Attributes => ({ 'spillway.consumer': consumer });
