import { UnreadableRecordError } from '../../errors.ts';
import { matchesPattern } from '../../routing/where.ts';
import type { ReadRecord } from '../../stream/read-record.ts';
import type { EventName, MarshalledImage } from '../../stream/record.ts';
import type { Condition } from './read-condition.ts';

export interface Wanted {
  readonly eventNames: readonly EventName[];
  /** All of them must match. */
  readonly conditions: readonly Condition[];
}

/**
 * Whether a record is to be shown. The conditions must match the item as it is in one image, so a MODIFY is shown that
 * brings an item into what is asked for, and one that takes it out. Without images the key is all there is to look at.
 * @throws UnreadableRecordError if an attribute that must be looked at is not readable
 */
export function isWanted(record: ReadRecord, { eventNames, conditions }: Wanted): boolean {
  if (!eventNames.includes(record.eventName)) return false;
  const images = [record.newImage, record.oldImage].filter((image) => image !== undefined);
  return (images.length === 0 ? [{}] : images).some((image) =>
    conditions.every((condition) => holds({ ...image, ...record.keys }, condition)),
  );
}

function holds(item: MarshalledImage, { name, pattern }: Condition): boolean {
  try {
    return matchesPattern(Object.hasOwn(item, name) ? item[name] : undefined, pattern);
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    throw new UnreadableRecordError(`attribute "${name}": ${error.message}`, { cause: error });
  }
}
