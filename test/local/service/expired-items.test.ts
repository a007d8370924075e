import { describe, expect, it } from 'vitest';
import { itemOf } from '../../../src/stream/lane.ts';
import type { RawRecord } from '../../../src/stream/record.ts';
import type { Expiry } from '../../../src/local/service/expired-items.ts';
import { createExpiredItems } from '../../../src/local/service/expired-items.ts';

const streamArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/Items/stream/1';
const mark = { type: 'Service', principalId: 'dynamodb.amazonaws.com' };

const expiryOf = (pk: string, second: number): Expiry => ({
  streamArn,
  item: itemOf({ keys: { pk: { S: pk } } }),
  second,
});
const removal = (pk: string, second: number, more: Partial<RawRecord> = {}): RawRecord => ({
  eventName: 'REMOVE',
  eventSourceARN: streamArn,
  dynamodb: { Keys: { pk: { S: pk } }, ApproximateCreationDateTime: second },
  ...more,
});

describe('expired items', () => {
  it.each([
    ['the deletion of the item at that time', removal('a', 1_000), mark],
    ['one of a second before', removal('a', 999), mark],
    ['one that the engine wrote two seconds after', removal('a', 1_002), mark],
    ['one of three seconds after', removal('a', 1_003), undefined],
    ['one of another item', removal('b', 1_000), undefined],
    ['one of another stream', removal('a', 1_000, { eventSourceARN: 'other' }), undefined],
    ['a change of the item', removal('a', 1_000, { eventName: 'MODIFY' }), undefined],
  ])('mark as they should %s', (_, record, expected) => {
    const expired = createExpiredItems();
    expired.add(expiryOf('a', 1_000));
    expect(expired.mark(record)).toEqual({ ...record, ...(expected && { userIdentity: expected }) });
  });

  it('are not marked when the deletion was taken back', () => {
    const expired = createExpiredItems();
    const expiry = expiryOf('a', 1_000);
    expired.add(expiry);
    expired.remove(expiry);
    expect(expired.all()).toEqual([]);
    expect(expired.mark(removal('a', 1_000)).userIdentity).toBeUndefined();
  });

  it('survive JSON', () => {
    const expired = createExpiredItems();
    expired.add(expiryOf('a', 1_000));
    const kept = createExpiredItems(JSON.parse(JSON.stringify(expired.all())) as readonly Expiry[]);
    expect(kept.mark(removal('a', 1_000)).userIdentity).toEqual(mark);
  });

  it('are forgotten after a day, whatever item expires then', () => {
    const expired = createExpiredItems();
    const day = 24 * 3_600;
    expired.add(expiryOf('a', 1_000));
    expired.add(expiryOf('b', 1_500));
    expired.add(expiryOf('a', 2_000));
    expired.add(expiryOf('c', 1_500 + day));
    expect(expired.all()).toEqual([expiryOf('a', 1_000), expiryOf('a', 2_000), expiryOf('c', 1_500 + day)]);
    expired.add(expiryOf('d', 2_000 + day));
    expect(expired.all()).toEqual([expiryOf('c', 1_500 + day), expiryOf('d', 2_000 + day)]);
  });
});
