import { safeNameOf } from '../processing/thrown.ts';
import type { AnyChange, Middleware, RouteContext } from '../routing/route.ts';
import type { AttemptEnding } from './watch-attempt.ts';
import { enclosed, watchAttempt } from './watch-attempt.ts';
import type { TracingOptions, WriterTrace } from './writer-trace.ts';
import { writerOf } from './writer-trace.ts';

/** What is asked of a subsegment of the X-Ray SDK. */
export interface XRaySubsegment {
  /** How many subsegments within it are open. */
  readonly counter?: number;
  addAnnotation(key: string, value: string | number | boolean): void;
  addError(error: Error | string): void;
  addFaultFlag(): void;
  close(): void;
  flush(): void;
}

/** What is asked of a `Tracer` of Powertools. Spelled out, so that nobody needs the package for its types. */
export interface PowertoolsTracer {
  isTracingEnabled(): boolean;
  readonly provider: {
    captureAsyncFunc(name: string, run: (subsegment?: XRaySubsegment) => unknown): unknown;
  };
}

/**
 * A subsegment for every attempt of every route, around whatever the handler calls. Each has a context of its own, so
 * items that are worked on side by side do not get into each other's. With tracing off, and outside Lambda, it does nothing.
 * @example createRouter().use(tracerMiddleware(new Tracer()))
 */
export const tracerMiddleware =
  (tracer: PowertoolsTracer, options: TracingOptions = {}): Middleware =>
  (change, context, next) => {
    if (!tracer.isTracingEnabled()) return next();
    return enclosed(
      (run) =>
        tracer.provider.captureAsyncFunc(subsegmentName(context.route), (subsegment) => {
          if (subsegment === undefined) return run();
          annotate(subsegment, change, context, writerOf(change, options.traceAttribute));
          return watchAttempt(run, context.signal, (ending) => end(subsegment, ending, options));
        }),
      next,
    );
  };

/** Any other character makes X-Ray refuse the segment.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html */
const subsegmentName = (route: string): string =>
  `### ${route.replaceAll(/[^\p{L}\p{N}\p{Z}_.:/%&#=+\\\-@]/gu, '_')}`;

function annotate(
  subsegment: XRaySubsegment,
  { eventName, table, eventId }: AnyChange,
  { consumer, route, attempt, isReplay }: RouteContext,
  writer: WriterTrace | undefined,
): void {
  const facts = {
    consumer,
    route,
    table,
    eventName,
    eventId,
    attempt,
    isReplay,
    writerTraceId: writer && xrayId(writer),
  };
  for (const [key, value] of Object.entries(facts))
    if (value !== undefined) subsegment.addAnnotation(key, value);
}

const xrayId = ({ traceId }: WriterTrace): string => `1-${traceId.slice(0, 8)}-${traceId.slice(8)}`;

function end(subsegment: XRaySubsegment, ending: AttemptEnding, { errorMessages }: TracingOptions): void {
  try {
    subsegment.addAnnotation('outcome', ending.outcome);
    if (ending.outcome === 'failed') addFault(subsegment, ending.error, errorMessages === true);
  } finally {
    subsegment.close();
    // What is still open within it would hold it back, and Lambda freezes the process before that ends.
    if (ending.outcome === 'stopped' && (subsegment.counter ?? 0) > 0) subsegment.flush();
  }
}

function addFault(subsegment: XRaySubsegment, error: unknown, inItsWords: boolean): void {
  subsegment.addAnnotation('errorName', safeNameOf(error));
  if (inItsWords && error instanceof Error) subsegment.addError(error);
  else subsegment.addFaultFlag();
}
