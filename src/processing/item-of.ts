import type { ItemName } from '../idempotency/item-memory.ts';
import { framedKeys, itemOf } from '../stream/lane.ts';
import type { RawRecord } from '../stream/record.ts';

/** The item that a record is a change of; undefined if it does not tell. */
export function itemNameOf(consumer: string, record: RawRecord): ItemName | undefined {
  const { eventSourceArn, keys } = framedKeys(record);
  return keys === undefined ? undefined : { consumer, eventSourceArn, item: itemOf({ keys }) };
}
