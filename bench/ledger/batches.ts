import { modifyRecord, streamEvent } from 'spillway/testing';
import { orderChange } from '../events/items.ts';
import { createRandom } from '../events/random.ts';

const seed = 20_260_101;
const createdAt = new Date('2026-01-01T00:00:00Z');
const firstSequenceNumber = 100_000_000_000_000_000_000n;

/** A stream whose every record is of another item: each call gives the next batch, as text. */
export function createStream(): (records: number) => string {
  const random = createRandom(seed);
  let read = 0;
  return (records) => {
    const built = Array.from({ length: records }, (_, index) =>
      modifyRecord(orderChange(read + index, random), {
        sequenceNumber: String(firstSequenceNumber + BigInt(read + index)),
        createdAt,
      }),
    );
    read += records;
    return JSON.stringify(streamEvent(...built));
  };
}
