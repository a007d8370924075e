import { describeThrown, safeNameOf } from '../processing/thrown.ts';
import type { AnyChange, Middleware, RouteContext } from '../routing/route.ts';
import type { EventName } from '../stream/record.ts';
import type { AttemptEnding } from './watch-attempt.ts';
import { enclosed, watchAttempt } from './watch-attempt.ts';
import type { TracingOptions, WriterTrace } from './writer-trace.ts';
import { writerOf } from './writer-trace.ts';

type Attributes = Record<string, string | number | boolean>;

/** What is asked of a `Span` of OpenTelemetry. */
export interface OpenTelemetrySpan {
  setAttribute(key: string, value: string): unknown;
  setStatus(status: { code: 2; message?: string }): unknown;
  addEvent(name: string, attributes: Attributes): unknown;
  end(): void;
}

/** What is asked of a `Tracer` of OpenTelemetry. Spelled out, so that nobody needs the package for its types. */
export interface OpenTelemetryTracer {
  startActiveSpan(
    name: string,
    options: {
      kind: 4;
      attributes: Attributes;
      links: { context: { traceId: string; spanId: string; traceFlags: number; isRemote: boolean } }[];
    },
    run: (span: OpenTelemetrySpan) => Promise<void>,
  ): Promise<void>;
}

/** `SpanKind.CONSUMER` and `SpanStatusCode.ERROR`: the API's numbers, for its enums would have to be loaded. */
const consumerKind = 4;
const errorStatus = 2;

/** A span for every attempt of every route, which is the active one for whatever the handler calls. */
export const telemetrySpans =
  (tracer: OpenTelemetryTracer, options: TracingOptions): Middleware =>
  (change, context, next) =>
    enclosed(
      (run) =>
        tracer.startActiveSpan(
          `process ${context.route}`,
          {
            kind: consumerKind,
            attributes: attributesOf(change, context),
            links: linksTo(writerOf(change, options.traceAttribute)),
          },
          (span) => watchAttempt(run, context.signal, (ending) => end(span, ending, options)),
        ),
      next,
    );

/** A link and not a parent: the writer's trace was over before, and one invocation handles what many have written. */
const linksTo = (writer: WriterTrace | undefined) =>
  writer === undefined
    ? []
    : [
        {
          context: {
            traceId: writer.traceId,
            spanId: writer.spanId,
            traceFlags: writer.isSampled ? 1 : 0,
            isRemote: true,
          },
        },
      ];

/**
 * @see https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 * @see https://opentelemetry.io/docs/specs/semconv/faas/faas-spans/#datasource
 */
function attributesOf(
  change: AnyChange,
  { consumer, route, attempt, isReplay, lambda }: RouteContext,
): Attributes {
  const { table, eventName, eventId, sequenceNumber, createdAt } = change;
  return {
    'messaging.system': 'aws_dynamodb_streams',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': table,
    'messaging.message.id': eventId,
    ...(consumer !== undefined && {
      'messaging.consumer.group.name': consumer,
      'spillway.consumer': consumer,
    }),
    'faas.trigger': 'datasource',
    'faas.invocation_id': lambda.awsRequestId,
    'faas.document.collection': table,
    'faas.document.operation': operations[eventName],
    ...(!Number.isNaN(createdAt.getTime()) && { 'faas.document.time': createdAt.toISOString() }),
    'spillway.route': route,
    'spillway.event_name': eventName,
    'spillway.sequence_number': sequenceNumber,
    'spillway.attempt': attempt,
    'spillway.is_replay': isReplay,
  };
}

/** The words that the conventions have for it. */
const operations: Readonly<Record<EventName, string>> = {
  INSERT: 'insert',
  MODIFY: 'edit',
  REMOVE: 'delete',
};

function end(span: OpenTelemetrySpan, ending: AttemptEnding, { errorMessages }: TracingOptions): void {
  try {
    span.setAttribute('spillway.outcome', ending.outcome);
    if (ending.outcome === 'failed') recordError(span, ending.error, errorMessages === true);
  } finally {
    span.end();
  }
}

/** Not by `recordException`, which takes the message and the stack along. */
function recordError(span: OpenTelemetrySpan, error: unknown, inItsWords: boolean): void {
  const name = safeNameOf(error);
  const { message, stack } = describeThrown(error);
  span.setAttribute('error.type', name);
  span.setStatus({ code: errorStatus, ...(inItsWords && { message }) });
  span.addEvent('exception', {
    'exception.type': name,
    ...(inItsWords && { 'exception.message': message, 'exception.stacktrace': stack }),
  });
}
