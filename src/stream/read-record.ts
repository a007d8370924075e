import { UnreadableRecordError } from '../errors.ts';
import type { EventName, MarshalledImage, RawRecord, StreamView } from './record.ts';
import { eventNames, isObject, viewHasNewImage, viewHasOldImage } from './record.ts';

/** A record whose frame was read and whose attributes were not yet looked at. */
export interface ReadRecord {
  readonly eventName: EventName;
  readonly keys: MarshalledImage;
  readonly newImage: MarshalledImage | undefined;
  readonly oldImage: MarshalledImage | undefined;
  readonly table: string;
  readonly region: string;
  readonly eventSourceArn: string;
  readonly eventId: string;
  readonly sequenceNumber: string;
  readonly raw: RawRecord;
}

/** Where a record comes from, if it does not say so itself (the Streams API's does not). */
export interface RecordSource {
  readonly eventSourceArn?: string;
  /** {@link tableOf}, or one that remembers: the records of a batch have one ARN. */
  readonly tableOf?: typeof tableOf;
}

/**
 * Reads the frame of a record of Lambda's event or of the Streams API. Attributes stay marshalled.
 * @throws UnreadableRecordError that says which part of the frame is missing or is not what DynamoDB writes.
 */
export function readRecord(raw: RawRecord, source: RecordSource = {}): ReadRecord {
  const { dynamodb, eventName, awsRegion } = raw as Readonly<Record<string, unknown>>;
  if (!isObject(dynamodb)) throw new UnreadableRecordError('the record has no "dynamodb"');
  if (!isEventName(eventName))
    throw new UnreadableRecordError('the record\'s "eventName" is not INSERT, MODIFY or REMOVE');
  const keys = imageIn(dynamodb, 'Keys');
  if (keys === undefined || Object.keys(keys).length === 0)
    throw new UnreadableRecordError('the record has no "Keys"');
  const eventSourceArn: unknown = raw.eventSourceARN ?? source.eventSourceArn;
  const table = typeof eventSourceArn === 'string' ? (source.tableOf ?? tableOf)(eventSourceArn) : undefined;
  if (typeof eventSourceArn !== 'string' || table === undefined)
    throw new UnreadableRecordError('the record\'s "eventSourceARN" is not the ARN of a DynamoDB stream');
  const sequenceNumber = sequenceNumberOf(raw);
  const newImage = eventName === 'REMOVE' ? undefined : imageIn(dynamodb, 'NewImage');
  const oldImage = eventName === 'INSERT' ? undefined : imageIn(dynamodb, 'OldImage');
  refuseMissingImage(raw.dynamodb?.StreamViewType, { eventName, newImage, oldImage });
  return {
    eventName,
    keys,
    newImage,
    oldImage,
    table,
    region: typeof awsRegion === 'string' ? awsRegion : (eventSourceArn.split(':')[3] ?? ''),
    eventSourceArn,
    eventId: eventIdOf(raw),
    sequenceNumber,
    raw,
  };
}

/** Event ids are unique in a stream; where one is missing the sequence number is as good. */
export function eventIdOf(raw: RawRecord): string {
  const { eventID } = raw as Readonly<Record<string, unknown>>;
  return typeof eventID === 'string' && eventID !== '' ? eventID : `sequence-number-${sequenceNumberOf(raw)}`;
}

/** The sequence number as it stands in the record; the empty string if there is none. */
export const sequenceNumberOf = (raw: RawRecord): string => raw.dynamodb?.SequenceNumber ?? '';

/** `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL` → `NAME`. */
export function tableOf(eventSourceArn: string): string | undefined {
  return /^arn:[^:]+:dynamodb:[^:]*:[^:]*:table\/([^/]+)\/stream\/./.exec(eventSourceArn)?.[1];
}

/** The table of a record that could not be read, if its ARN at least tells. */
export function tableOfRaw(raw: RawRecord): string | undefined {
  const { eventSourceARN } = raw as Readonly<Record<string, unknown>>;
  return typeof eventSourceARN === 'string' ? tableOf(eventSourceARN) : undefined;
}

/** {@link tableOf} that remembers its last answer. */
export function createTableOf(): typeof tableOf {
  let lastArn: string | undefined;
  let lastTable: string | undefined;
  return (eventSourceArn) => {
    if (eventSourceArn !== lastArn) {
      lastArn = eventSourceArn;
      lastTable = tableOf(eventSourceArn);
    }
    return lastTable;
  };
}

/** A record that says which images it has must have them: without, a route might be passed over in silence. */
function refuseMissingImage(
  view: StreamView | undefined,
  { eventName, newImage, oldImage }: Pick<ReadRecord, 'eventName' | 'newImage' | 'oldImage'>,
): void {
  if (view === undefined) return;
  if (viewHasNewImage(view) && eventName !== 'REMOVE' && newImage === undefined)
    throw new UnreadableRecordError(`the record has the view ${view} and no "NewImage"`);
  if (viewHasOldImage(view) && eventName !== 'INSERT' && oldImage === undefined)
    throw new UnreadableRecordError(`the record has the view ${view} and no "OldImage"`);
}

function imageIn(
  dynamodb: Readonly<Record<string, unknown>>,
  name: 'Keys' | 'NewImage' | 'OldImage',
): MarshalledImage | undefined {
  const image = dynamodb[name];
  if (image === undefined || image === null) return undefined;
  if (!isObject(image)) throw new UnreadableRecordError(`the record's "${name}" is not a map of attributes`);
  return image as MarshalledImage;
}

const isEventName = (value: unknown): value is EventName => eventNames.includes(value as EventName);
