import { attributeChanged, changedAttributes } from '../../stream/changed-attributes.ts';
import { sequenceNumberOf } from '../../stream/read-record.ts';
import type { MarshalledImage, RawRecord } from '../../stream/record.ts';
import { isObject } from '../../stream/record.ts';
import type { Freshness } from '../engine/run-options.ts';

/** An item at some time, as far as it is known. */
export type ItemState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'image'; readonly image: MarshalledImage }
  | { readonly kind: 'unknown'; readonly why: string };

/**
 * Judges the changes of an item against the item as it is now. The last one is fresh if it left the item as it is now. One
 * before it is fresh if the one after it is, and found the item as this one left it: then nothing lies between them that
 * is not among these changes. Whatever comes before a stale change is stale too, be its image as it may.
 *
 * With a version attribute only that is compared. It grows with every write, so by the same rule: an old image with the
 * version that the change before it has written means that nothing was written between them.
 * @param records in stream order; several of one change stand for one change
 */
export function judgeItem(
  records: readonly RawRecord[],
  current: ItemState,
  versionAttribute: string | undefined,
): readonly Freshness[] {
  const verdicts: Freshness[] = [];
  let next: RawRecord | undefined;
  for (const record of records.toReversed()) {
    const verdict = verdicts.at(-1);
    if (next === undefined || verdict === undefined)
      verdicts.push(compare(stateAfter(record), current, versionAttribute));
    else if (sequenceNumberOf(next) === sequenceNumberOf(record) || verdict.kind !== 'fresh')
      verdicts.push(verdict);
    else verdicts.push(compare(stateAfter(record), stateBefore(next), versionAttribute));
    next = record;
  }
  return verdicts.reverse();
}

function compare(a: ItemState, b: ItemState, versionAttribute: string | undefined): Freshness {
  if (a.kind === 'unknown') return a;
  if (b.kind === 'unknown') return b;
  if (a.kind === 'absent' || b.kind === 'absent') return { kind: a.kind === b.kind ? 'fresh' : 'stale' };
  if (versionAttribute === undefined)
    return { kind: changedAttributes(a.image, b.image).length === 0 ? 'fresh' : 'stale' };
  if (!Object.hasOwn(a.image, versionAttribute) && !Object.hasOwn(b.image, versionAttribute))
    return { kind: 'unknown', why: `the item has no version attribute "${versionAttribute}"` };
  return { kind: attributeChanged(a.image, b.image, versionAttribute) ? 'stale' : 'fresh' };
}

/** What the change left: nothing, where it removed the item, whatever the stream's view. */
const stateAfter = (record: RawRecord): ItemState =>
  record.eventName === 'REMOVE' ? { kind: 'absent' } : imageIn(record, 'NewImage');

const stateBefore = (record: RawRecord): ItemState =>
  record.eventName === 'INSERT' ? { kind: 'absent' } : imageIn(record, 'OldImage');

function imageIn(record: RawRecord, name: 'NewImage' | 'OldImage'): ItemState {
  const image: unknown = record.dynamodb?.[name];
  return isObject(image)
    ? { kind: 'image', image: image as MarshalledImage }
    : { kind: 'unknown', why: `the stream's view gives the record no "${name}" to compare` };
}
