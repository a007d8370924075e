import type { Image } from '../../stream/attribute-value.ts';
import { decodeImage } from '../../stream/attribute-value.ts';
import { changedAttributes } from '../../stream/changed-attributes.ts';
import type { ReadRecord } from '../../stream/read-record.ts';
import { createdAtOf, isExpiry } from '../../stream/record-facts.ts';
import type { EventName } from '../../stream/record.ts';

/** A change, decoded: all that a line is made of. */
export interface SeenChange {
  readonly table: string;
  readonly eventName: EventName;
  readonly keys: Image;
  /** Undefined where the event or the view has none. */
  readonly newImage: Image | undefined;
  readonly oldImage: Image | undefined;
  /** The names of the top-level attributes that differ; undefined but for a MODIFY with both images. */
  readonly changed: readonly string[] | undefined;
  /** Of a REMOVE: whether it was by time to live. */
  readonly expired: boolean | undefined;
  /** An invalid date if the record does not say. */
  readonly createdAt: Date;
  readonly eventId: string;
  readonly sequenceNumber: string;
  readonly shardId: string;
}

/** @throws UnreadableRecordError that names the attribute, and nothing of its value */
export function decodeChange(record: ReadRecord, shardId: string): SeenChange {
  const { table, eventName, eventId, sequenceNumber, newImage, oldImage } = record;
  return {
    table,
    eventName,
    keys: decodeImage(record.keys),
    newImage: newImage && decodeImage(newImage),
    oldImage: oldImage && decodeImage(oldImage),
    changed: newImage && oldImage && changedAttributes(oldImage, newImage),
    expired: eventName === 'REMOVE' ? isExpiry(record.raw) : undefined,
    createdAt: createdAtOf(record.raw),
    eventId,
    sequenceNumber,
    shardId,
  };
}
