import { InvalidOptionError } from '../errors.ts';
import type { Observer } from '../processing/observer.ts';
import type { Middleware } from '../routing/route.ts';
import type { OpenTelemetryMeter } from './telemetry-metrics.ts';
import { telemetryMetrics } from './telemetry-metrics.ts';
import type { OpenTelemetryTracer } from './telemetry-spans.ts';
import { telemetrySpans } from './telemetry-spans.ts';
import type { TracingOptions } from './writer-trace.ts';

export interface OpenTelemetryOptions extends TracingOptions {
  /** `trace.getTracer(...)` of `@opentelemetry/api`. Default: no spans. */
  readonly tracer?: OpenTelemetryTracer;
  /** `metrics.getMeter(...)` of `@opentelemetry/api`. Default: no metrics. */
  readonly meter?: OpenTelemetryMeter;
}

export interface OpenTelemetry {
  /** Makes the spans: `router.use(telemetry.middleware)`. Without a tracer it does nothing. */
  readonly middleware: Middleware;
  /** Feeds the metrics: `observers: [telemetry.observer]`. Without a meter it does nothing. */
  readonly observer: Observer;
}

/**
 * Spans and metrics by OpenTelemetry, with the semantic conventions for messaging and functions where they fit.
 * @throws InvalidOptionError if there is neither a tracer nor a meter
 * @example const telemetry = openTelemetry({ tracer: trace.getTracer('shop'), meter: metrics.getMeter('shop') });
 */
export function openTelemetry({ tracer, meter, ...options }: OpenTelemetryOptions): OpenTelemetry {
  if (tracer === undefined && meter === undefined)
    throw new InvalidOptionError(
      "openTelemetry: give it a tracer, a meter or both: { tracer: trace.getTracer('shop'), meter: metrics.getMeter('shop') } of @opentelemetry/api",
    );
  return {
    middleware: tracer === undefined ? (_, __, next) => next() : telemetrySpans(tracer, options),
    observer: meter === undefined ? {} : telemetryMetrics(meter),
  };
}
