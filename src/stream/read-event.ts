import { InvalidEventError } from '../errors.ts';
import type { RawRecord } from './record.ts';
import { isObject } from './record.ts';
import { isSequenceNumber } from './sequence-number.ts';

/**
 * The records of Lambda's event, each with a sequence number to report it by.
 * @throws InvalidEventError if it is anything but a batch of a DynamoDB stream; it names what came.
 */
export function readEvent(event: unknown): readonly RawRecord[] {
  const records = isObject(event) ? event['Records'] : undefined;
  if (!isObject(event) || !Array.isArray(records))
    throw new InvalidEventError(
      `expected a batch of a DynamoDB stream, { "Records": [...] }, but ${describeEvent(event)} came. ` +
        'Is the function attached to another event source, or invoked by hand?',
    );
  if (event['window'] !== undefined)
    throw new InvalidEventError(
      'the mapping has a tumbling window, which Spillway does not support: its state would be lost. ' +
        'Remove TumblingWindowInSeconds from the event source mapping.',
    );
  records.forEach(refuseForeignRecord);
  return records as readonly RawRecord[];
}

function refuseForeignRecord(record: unknown, index: number): void {
  const source = isObject(record) ? sourceOf(record) : undefined;
  if (!isObject(record) || source !== 'aws:dynamodb')
    throw new InvalidEventError(
      `record ${index} is not of a DynamoDB stream: its event source is ${source ?? 'not told'}. The whole batch fails.`,
    );
  const { dynamodb } = record;
  if (!isObject(dynamodb) || !isSequenceNumber(dynamodb['SequenceNumber']))
    throw new InvalidEventError(
      `record ${index} (event id ${typeof record['eventID'] === 'string' ? record['eventID'] : 'not told'}) has no ` +
        'dynamodb.SequenceNumber, so it could not be reported if it failed. The whole batch fails.',
    );
}

/** Records of Kinesis and DynamoDB say `eventSource`, those of SNS `EventSource`. */
function sourceOf(record: Readonly<Record<string, unknown>>): string | undefined {
  const source = record['eventSource'] ?? record['EventSource'];
  return typeof source === 'string' && /^[\w:.-]{1,64}$/.test(source) ? source : undefined;
}

function describeEvent(event: unknown): string {
  if (event === null) return 'null';
  if (Array.isArray(event)) return 'an array';
  if (!isObject(event)) return `a value of type ${typeof event}`;
  const names = Object.keys(event).slice(0, 5);
  return names.length === 0 ? 'an empty object' : `an object with the fields ${names.join(', ')}`;
}
