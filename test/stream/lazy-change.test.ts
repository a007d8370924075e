import { describe, expect, it } from 'vitest';
import { LazyChange } from '../../src/stream/lazy-change.ts';
import { readRecord } from '../../src/stream/read-record.ts';
import type { MarshalledImage, RawRecord, StreamView } from '../../src/stream/record.ts';
import { insertRecord, modifyRecord, removeRecord } from '../../src/testing/index.ts';
import { unreadable } from './unreadable.ts';

const change = (raw: RawRecord, view: StreamView = 'NEW_AND_OLD_IMAGES') =>
  new LazyChange(readRecord(raw), view);

/** An image that throws when anything of it is looked at. */
const untouchable = (name: string): MarshalledImage => {
  const touched = (): never => {
    throw new Error(`${name} was touched`);
  };
  return new Proxy({}, { get: touched, has: touched, ownKeys: touched, getOwnPropertyDescriptor: touched });
};

const modified = modifyRecord({
  oldImage: { pk: 'A', sk: 'x', status: 'new', total: 1 },
  newImage: { pk: 'A', sk: 'x', status: 'paid', total: 1 },
});
const fragile = (images: {
  readonly NewImage?: MarshalledImage;
  readonly OldImage?: MarshalledImage;
}): RawRecord => ({
  ...modified,
  dynamodb: { ...modified.dynamodb, ...images },
});

describe('a change', () => {
  it('decodes nothing before it is looked at', () => {
    const record = readRecord(fragile({ NewImage: untouchable('new'), OldImage: untouchable('old') }));
    const seen = new LazyChange({ ...record, keys: untouchable('keys') }, 'NEW_AND_OLD_IMAGES');
    const { eventName, table, region, eventSourceArn, eventId, sequenceNumber, raw, createdAt, sizeBytes } =
      seen;
    expect(seen.expired).toBeUndefined();
    expect({
      eventName,
      table,
      region,
      eventSourceArn,
      eventId,
      sequenceNumber,
      raw,
      sizeBytes,
    }).toMatchObject({
      eventName: 'MODIFY',
      table: 'Shop',
    });
    expect(createdAt).toBeInstanceOf(Date);
    expect(() => seen.keys).toThrow('keys was touched');
    expect(() => seen.newImage).toThrow('new was touched');
    expect(() => seen.oldImage).toThrow('old was touched');
    expect(() => seen.changed).toThrow('old was touched');
  });

  it('decodes only that which is looked at', () => {
    const seen = change(fragile({ OldImage: untouchable('old') }));
    expect(seen.keys).toEqual({ pk: 'A', sk: 'x' });
    expect(seen.newImage).toEqual({ pk: 'A', sk: 'x', status: 'paid', total: 1 });
  });

  it('decodes once: whoever looks again sees the same object', () => {
    const seen = change(modified);
    expect(seen.newImage).toBe(seen.newImage);
    expect(seen.oldImage).toBe(seen.oldImage);
    expect(seen.keys).toBe(seen.keys);
    expect(seen.changed).toBe(seen.changed);
  });

  it('holds the record as it came, and what handlers do to an image does not reach it', () => {
    const seen = change(modified);
    Object.assign(seen.newImage as object, { status: 'broken' });
    expect(seen.raw).toBe(modified);
    expect(seen.raw.dynamodb?.NewImage?.['status']).toEqual({ S: 'paid' });
  });

  const inserted = insertRecord({ pk: 'A', sk: 'x' });
  const removed = removeRecord({ pk: 'A', sk: 'x' });
  const item = { pk: 'A', sk: 'x' };
  it.each([
    [
      'INSERT',
      'NEW_AND_OLD_IMAGES',
      inserted,
      { newImage: item, oldImage: undefined, changed: undefined, expired: undefined },
    ],
    [
      'REMOVE',
      'NEW_AND_OLD_IMAGES',
      removed,
      { newImage: undefined, oldImage: item, changed: undefined, expired: false },
    ],
    [
      'INSERT',
      'OLD_IMAGE',
      inserted,
      { newImage: undefined, oldImage: undefined, changed: undefined, expired: undefined },
    ],
    [
      'INSERT',
      'NEW_IMAGE',
      inserted,
      { newImage: item, oldImage: undefined, changed: undefined, expired: undefined },
    ],
    [
      'REMOVE',
      'NEW_IMAGE',
      removed,
      { newImage: undefined, oldImage: undefined, changed: undefined, expired: false },
    ],
    [
      'REMOVE',
      'OLD_IMAGE',
      removed,
      { newImage: undefined, oldImage: item, changed: undefined, expired: false },
    ],
    [
      'REMOVE',
      'KEYS_ONLY',
      removed,
      { newImage: undefined, oldImage: undefined, changed: undefined, expired: false },
    ],
  ] as const)('%s in the view %s has what the view gives', (_, view, raw, expected) => {
    const { newImage, oldImage, changed, expired } = change(raw, view);
    expect({ newImage, oldImage, changed, expired }).toEqual(expected);
  });

  it.each(['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE'] as const)(
    'MODIFY in the view %s cannot say what changed',
    (view) => {
      const seen = change(modified, view);
      expect(seen.changed).toBeUndefined();
      expect(seen.newImage === undefined).toBe(view !== 'NEW_IMAGE');
      expect(seen.oldImage === undefined).toBe(view !== 'OLD_IMAGE');
    },
  );

  it('MODIFY names the attributes that differ', () => {
    expect(change(modified).changed).toEqual(['status']);
  });

  it('expired if DynamoDB removed it by its time to live', () => {
    expect(change(removeRecord({ id: 'a' }, { expired: true })).expired).toBe(true);
  });

  it('Promise 9: that cannot be decoded names image and attribute, and no value', () => {
    const bad: MarshalledImage = JSON.parse('{"pk":{"S":"A"},"total":{"N":"S3CRET"}}') as MarshalledImage;
    expect(unreadable(() => change(fragile({ NewImage: bad })).newImage)).toBe(
      'NewImage: attribute "total": a number is not one',
    );
    expect(unreadable(() => change(fragile({ OldImage: bad })).oldImage)).toBe(
      'OldImage: attribute "total": a number is not one',
    );
    const badKeys = { ...modified, dynamodb: { ...modified.dynamodb, Keys: bad } };
    expect(unreadable(() => change(badKeys).keys)).toBe('Keys: attribute "total": a number is not one');
  });

  it('without the image that its view promises is unreadable', () => {
    const { Keys = {}, SequenceNumber = '' } = inserted.dynamodb ?? {};
    const bare: RawRecord = { ...inserted, dynamodb: { Keys, SequenceNumber } };
    expect(unreadable(() => change(bare).newImage)).toBe('the record has no "NewImage"');
  });
});
