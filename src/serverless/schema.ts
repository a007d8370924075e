import { isObject } from '../stream/record.ts';
import type { SchemaHandler } from './framework.ts';

/** What cannot be written in a spillway event: the table says it, or it is Kinesis's. */
const notForTables: readonly string[] = ['arn', 'type', 'consumer', 'startingPositionTimestamp'];

/** Tells the framework what may stand in serverless.yml. */
export function defineSchema(handler: SchemaHandler): void {
  const place = { anyOf: [{ type: 'string', minLength: 1 }, { $ref: '#/definitions/awsCfFunction' }] };
  handler.defineFunctionEvent('aws', 'spillway', {
    type: 'object',
    properties: {
      ...streamProperties(handler.schema),
      table: place,
    },
    required: ['table'],
    additionalProperties: false,
  });
  const seconds = { type: 'integer', minimum: 1 };
  const alarmOptions = {
    type: 'object',
    properties: {
      topic: place,
      iteratorAgeSeconds: seconds,
      pointerAgeSeconds: seconds,
      letterAgeSeconds: seconds,
    },
    additionalProperties: false,
  };
  handler.defineCustomProperties({
    properties: {
      spillway: {
        type: 'object',
        properties: {
          deadLetterQueue: place,
          ledgerTable: place,
          kmsKeyArn: { $ref: '#/definitions/awsKmsArn' },
          tracing: { type: 'boolean' },
          pointInTimeRecovery: { type: 'boolean' },
          retain: { type: 'boolean' },
          alarms: { anyOf: [{ type: 'boolean' }, alarmOptions] },
          dashboard: { type: 'boolean' },
          // As CloudWatch takes it.
          metricsNamespace: { type: 'string', pattern: '^[A-Za-z0-9._/#-][A-Za-z0-9 ._/#:-]{0,254}$' },
        },
        additionalProperties: false,
      },
    },
  });
}

/**
 * The options of the framework's own stream event, whatever its version knows; nothing, if its schema is made otherwise:
 * then the event is checked when it is compiled.
 */
function streamProperties(schema: unknown): object {
  const variants = streamSchemas(schema).flatMap((stream) =>
    isObject(stream) ? [stream, stream['anyOf']].flat() : [],
  );
  const properties = variants.map((one) => (isObject(one) ? one['properties'] : undefined)).find(isObject);
  return Object.fromEntries(
    Object.entries(properties ?? {}).filter(([name]) => !notForTables.includes(name)),
  );
}

/** `functions.patternProperties[...].properties.events.items.anyOf[].properties.stream` */
function streamSchemas(schema: unknown): readonly unknown[] {
  const functions = below(schema, ['properties', 'functions', 'patternProperties']);
  return (isObject(functions) ? Object.values(functions) : []).flatMap((one) => {
    const events = below(one, ['properties', 'events', 'items', 'anyOf']);
    return (Array.isArray(events) ? (events as readonly unknown[]) : []).map((event) =>
      below(event, ['properties', 'stream']),
    );
  });
}

const below = (start: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), start);
