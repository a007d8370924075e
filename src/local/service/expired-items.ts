import { itemOf } from '../../stream/lane.ts';
import type { RawRecord } from '../../stream/record.ts';

/** A deletion by time to live: of which item of which stream, and when, in epoch seconds. Plain data. */
export interface Expiry {
  readonly streamArn: string;
  readonly item: string;
  readonly second: number;
}

/** Remembers which items were deleted by their time to live, for as long as a stream keeps its records. */
export interface ExpiredItems {
  /** To be called in the order of time. What is older by a day than the newest is forgotten. */
  readonly add: (expiry: Expiry) => void;
  readonly remove: (expiry: Expiry) => void;
  readonly all: () => readonly Expiry[];
  /**
   * Gives the record of such a deletion the mark that DynamoDB gives it.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
   */
  readonly mark: (record: RawRecord) => RawRecord;
}

const keptSeconds = 24 * 3_600;
/** Between the decision to delete an item and the time that the engine writes into the record. */
const toleranceSeconds = 2;

export function createExpiredItems(kept: readonly Expiry[] = []): ExpiredItems {
  /** Items whose last expiry is older stand before the others. */
  const byItem = new Map<string, readonly Expiry[]>();
  const keyOf = ({ streamArn, item }: Pick<Expiry, 'streamArn' | 'item'>) => `${streamArn} ${item}`;
  const add = (expiry: Expiry) => {
    const isKept = ({ second }: Expiry) => second > expiry.second - keptSeconds;
    for (const [key, expiries] of byItem) {
      if (expiries.some(isKept)) break;
      byItem.delete(key);
    }
    const key = keyOf(expiry);
    const recent = (byItem.get(key) ?? []).filter(isKept);
    byItem.delete(key);
    byItem.set(key, [...recent, expiry]);
  };
  kept.toSorted((a, b) => a.second - b.second).forEach(add);
  return {
    add,
    remove: (expiry) => {
      const left = (byItem.get(keyOf(expiry)) ?? []).filter((one) => one !== expiry);
      if (left.length > 0) byItem.set(keyOf(expiry), left);
      else byItem.delete(keyOf(expiry));
    },
    all: () => [...byItem.values()].flat(),
    mark: (record) => {
      if (record.eventName !== 'REMOVE' || byItem.size === 0) return record;
      const item = itemOf({ keys: record.dynamodb?.Keys ?? {} });
      const second = record.dynamodb?.ApproximateCreationDateTime ?? 0;
      const expiries = byItem.get(keyOf({ streamArn: record.eventSourceARN ?? '', item })) ?? [];
      if (!expiries.some((expiry) => Math.abs(expiry.second - second) <= toleranceSeconds)) return record;
      return { ...record, userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } };
    },
  };
}
