import { hash } from 'node:crypto';
import { property } from '../processing/thrown.ts';
import type { Letter } from './letter.ts';

/** Where a letter stands in a FIFO queue. */
export interface FifoPlace {
  /** The item: its letters stay in order. Hashed, for a group's name shows in places where keys should not. */
  readonly groupId: string;
  readonly deduplicationId: string;
}

export function fifoPlaceOf({ id, record, parked }: Letter): FifoPlace {
  const keys: unknown = property(property(record, 'dynamodb'), 'Keys');
  const sorted = Object.entries(keys ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const item = JSON.stringify([property(record, 'eventSourceARN'), sorted]);
  // A parked letter is another one at another place: the place waits for it.
  const deduplicationId = parked === undefined ? id : hash('sha256', JSON.stringify([id, parked]));
  return { groupId: hash('sha256', item), deduplicationId };
}
