import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workKey } from '../../src/idempotency/work.ts';
import { readRecord, sequenceNumberOf, tableOf } from '../../src/stream/read-record.ts';
import { createdAtOf, isExpiry, sizeBytesOf } from '../../src/stream/record-facts.ts';
import type { RawRecord } from '../../src/stream/record.ts';
import { compareSequenceNumbers, isSequenceNumber } from '../../src/stream/sequence-number.ts';
import { insertRecord, modifyRecord, removeRecord } from '../../src/testing/index.ts';
import { unreadable } from './unreadable.ts';

const arn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000';
const good = modifyRecord(
  { oldImage: { pk: 'ORDER#1', total: 1 }, newImage: { pk: 'ORDER#1', total: 2 } },
  { region: 'eu-west-1', sequenceNumber: '111', eventId: 'c9fbe7d0261a5163fcb6940593e41797' },
);
/** The record with parts of it replaced by what Lambda would never write. */
const spoiled = (part: object, dynamodb: object = {}): RawRecord => ({
  ...good,
  ...part,
  dynamodb: { ...good.dynamodb, ...dynamodb },
});
const withStream = (dynamodb: unknown): RawRecord => ({ ...good, dynamodb }) as RawRecord;
const without = (name: keyof RawRecord): RawRecord => ({ ...good, [name]: undefined });

describe('the frame of a record', () => {
  it('is read without a look at the attributes', () => {
    expect(readRecord(good)).toEqual({
      eventName: 'MODIFY',
      keys: { pk: { S: 'ORDER#1' } },
      oldImage: { pk: { S: 'ORDER#1' }, total: { N: '1' } },
      newImage: { pk: { S: 'ORDER#1' }, total: { N: '2' } },
      table: 'Shop',
      region: 'eu-west-1',
      eventSourceArn: arn,
      eventId: 'c9fbe7d0261a5163fcb6940593e41797',
      sequenceNumber: '111',
      raw: good,
    });
  });

  it('has no new image on a REMOVE and no old one on an INSERT, whatever stands there', () => {
    const image = { pk: { S: 'ORDER#1' } };
    const insert = spoiled({ eventName: 'INSERT' }, { OldImage: image });
    const remove = spoiled({ eventName: 'REMOVE' }, { NewImage: image });
    expect(readRecord(insert).oldImage).toBeUndefined();
    expect(readRecord(remove).newImage).toBeUndefined();
  });

  it.each([
    ['no "dynamodb"', without('dynamodb'), 'the record has no "dynamodb"'],
    ['a "dynamodb" that is a text', withStream('x'), 'the record has no "dynamodb"'],
    ['a "dynamodb" that is a list', withStream([]), 'the record has no "dynamodb"'],
    ['no event name', without('eventName'), 'the record\'s "eventName" is not INSERT, MODIFY or REMOVE'],
    [
      'an unknown event name',
      spoiled({ eventName: 'UPSERT' }),
      '"eventName" is not INSERT, MODIFY or REMOVE',
    ],
    ['an event name in lower case', spoiled({ eventName: 'insert' }), '"eventName" is not'],
    ['an event name in a list', spoiled({ eventName: ['INSERT'] }), '"eventName" is not'],
    ['no keys', spoiled({}, { Keys: undefined }), 'the record has no "Keys"'],
    ['keys that are null', spoiled({}, { Keys: null }), 'the record has no "Keys"'],
    ['empty keys', spoiled({}, { Keys: {} }), 'the record has no "Keys"'],
    [
      'keys in a list',
      spoiled({}, { Keys: [{ S: 'a' }] }),
      'the record\'s "Keys" is not a map of attributes',
    ],
    ['keys that are a text', spoiled({}, { Keys: 'pk' }), 'the record\'s "Keys" is not a map of attributes'],
    ['no ARN', without('eventSourceARN'), '"eventSourceARN" is not the ARN of a DynamoDB stream'],
    ['an ARN that is null', spoiled({ eventSourceARN: null }), '"eventSourceARN" is not the ARN'],
    ['an ARN that is empty', spoiled({ eventSourceARN: '' }), '"eventSourceARN" is not the ARN'],
    ['an ARN that is a number', spoiled({ eventSourceARN: 7 }), '"eventSourceARN" is not the ARN'],
    [
      'an ARN of a table',
      spoiled({ eventSourceARN: 'arn:aws:dynamodb:r:1:table/Shop' }),
      '"eventSourceARN" is not',
    ],
    [
      'an ARN of Kinesis',
      spoiled({ eventSourceARN: 'arn:aws:kinesis:r:1:stream/Shop' }),
      '"eventSourceARN" is not',
    ],
    [
      'a new image in a list',
      spoiled({}, { NewImage: [] }),
      'the record\'s "NewImage" is not a map of attributes',
    ],
    ['an old image that is a text', spoiled({}, { OldImage: 'x' }), 'the record\'s "OldImage" is not a map'],
    [
      'no new image, against its view',
      spoiled({}, { NewImage: undefined }),
      'the record has the view NEW_AND_OLD_IMAGES and no "NewImage"',
    ],
    [
      'no old image, against its view',
      spoiled({}, { OldImage: null }),
      'the record has the view NEW_AND_OLD_IMAGES and no "OldImage"',
    ],
  ] as const)('is refused with %s', (_, record, told) => {
    expect(unreadable(() => readRecord(record))).toContain(told);
  });

  // A list of one text reads like the text, and nothing later expects a list.
  it('is refused with an ARN in a list', () => {
    expect(unreadable(() => readRecord(spoiled({ eventSourceARN: [arn] })))).toContain(
      '"eventSourceARN" is not',
    );
  });

  it('takes the stream from its source where the record does not say it, as in the Streams API', () => {
    const { table, eventSourceArn } = readRecord(without('eventSourceARN'), { eventSourceArn: arn });
    expect({ table, eventSourceArn }).toEqual({ table: 'Shop', eventSourceArn: arn });
  });

  it('takes the region from the ARN where the record does not say it', () => {
    expect(readRecord(without('awsRegion')).region).toBe('eu-west-1');
    expect(readRecord(spoiled({ awsRegion: 7 })).region).toBe('eu-west-1');
  });

  it('is known by its sequence number where it has no event id', () => {
    expect(readRecord(without('eventID')).eventId).toBe('sequence-number-111');
  });

  // Two records with an empty id would be one piece of work to the ledger, and the second be passed over as a duplicate.
  it.each(['', 7, {}, ['c9fb'], true])(
    'Promise 1: is known by its sequence number where its event id is %j',
    (eventID) => {
      const { eventId, eventSourceArn } = readRecord(spoiled({ eventID }));
      expect(eventId).toBe('sequence-number-111');
      expect(() => workKey({ consumer: 'c', route: 'r', eventSourceArn, eventId })).not.toThrow();
    },
  );

  it('needs no image where the view has none, or is not told', () => {
    const bare = (StreamViewType: string | undefined) =>
      readRecord(spoiled({}, { StreamViewType, NewImage: undefined, OldImage: undefined }));
    expect(bare('KEYS_ONLY').newImage).toBeUndefined();
    expect(bare(undefined).oldImage).toBeUndefined();
    expect(
      readRecord(spoiled({}, { StreamViewType: 'NEW_IMAGE', OldImage: undefined })).oldImage,
    ).toBeUndefined();
    expect(
      readRecord(spoiled({}, { StreamViewType: 'OLD_IMAGE', NewImage: undefined })).newImage,
    ).toBeUndefined();
  });

  it('gives the empty text as the sequence number of a record that has none', () => {
    expect(sequenceNumberOf(without('dynamodb'))).toBe('');
  });

  it.each([
    ['arn:aws:dynamodb:us-east-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000', 'Shop'],
    ['arn:aws-cn:dynamodb:cn-north-1:1:table/my.table_1-x/stream/label', 'my.table_1-x'],
    ['arn:aws:dynamodb:ddblocal:000000000000:table/T/stream/l', 'T'],
    ['arn:aws:dynamodb:us-east-1:1:table/Shop/index/i', undefined],
    ['arn:aws:dynamodb:us-east-1:1:table/Shop/stream/', undefined],
    ['', undefined],
  ])('the table of %s is %s', (text, table) => {
    expect(tableOf(text)).toBe(table);
  });
});

describe('what a record says of itself', () => {
  it.each([
    ['seconds', 1_664_559_083, '2022-09-30T17:31:23.000Z'],
    ['seconds with a fraction', 1_635_734_407.123, '2021-11-01T02:40:07.123Z'],
    ['seconds in exponents, as Java writes them', 1.4285376e9, '2015-04-09T00:00:00.000Z'],
    ['the text that one page of AWS prints', '1678831218.0', '2023-03-14T22:00:18.000Z'],
    ["a date of the Streams API's", new Date('2022-09-30T17:31:23Z'), '2022-09-30T17:31:23.000Z'],
  ])('is when it was written, told in %s', (_, written, iso) => {
    expect(createdAtOf(spoiled({}, { ApproximateCreationDateTime: written })).toISOString()).toBe(iso);
  });

  it.each([undefined, null, 'yesterday', {}])('is an invalid date where that is %j', (written) => {
    const record = spoiled({}, { ApproximateCreationDateTime: written });
    // Null stands for nothing said, and must not become 1970.
    expect(createdAtOf(record).getTime()).toBeNaN();
  });

  it('is its size, or nothing where it does not tell', () => {
    expect(sizeBytesOf(spoiled({}, { SizeBytes: 26 }))).toBe(26);
    expect(sizeBytesOf(spoiled({}, { SizeBytes: undefined }))).toBe(0);
  });

  const identified = (userIdentity: unknown): RawRecord => ({ ...good, userIdentity });
  it.each([
    ["Lambda's names", { type: 'Service', principalId: 'dynamodb.amazonaws.com' }, true],
    ["the Streams API's names", { Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' }, true],
    ['another principal', { type: 'Service', principalId: 'replication.dynamodb.amazonaws.com' }, false],
    ['another type', { type: 'User', principalId: 'dynamodb.amazonaws.com' }, false],
    ['half of it', { principalId: 'dynamodb.amazonaws.com' }, false],
    ['nobody', undefined, false],
    ['null', null, false],
    ['a text', 'dynamodb.amazonaws.com', false],
  ])('is whether it expired: with %s as its identity', (_, identity, expired) => {
    expect(isExpiry(identified(identity))).toBe(expired);
  });

  it('is told so by the builder of records', () => {
    expect(isExpiry(removeRecord({ id: 'a' }, { expired: true }))).toBe(true);
    expect(isExpiry(removeRecord({ id: 'a' }))).toBe(false);
    expect(isExpiry(insertRecord({ id: 'a' }))).toBe(false);
  });
});

describe('sequence numbers', () => {
  it('are compared as numbers, whatever their lengths and leading zeros', () => {
    const number = fc.bigInt({ min: 0n, max: 10n ** 40n - 1n });
    const zeros = fc.nat({ max: 5 });
    fc.assert(
      fc.property(number, number, zeros, (a, b, leading) => {
        const expected = a < b ? -1 : a > b ? 1 : 0;
        expect(compareSequenceNumbers('0'.repeat(leading) + String(a), String(b))).toBe(expected);
      }),
    );
    expect(compareSequenceNumbers('99999999999999999999999', '100000000000000000000000')).toBe(-1);
    expect(compareSequenceNumbers('111', '111')).toBe(0);
  });

  it('are 1 to 40 digits and nothing else', () => {
    for (const number of ['0', '111', '9'.repeat(40)]) expect(isSequenceNumber(number)).toBe(true);
    for (const other of ['', ' 1', '1.0', '-1', '1e3', '१', '1'.repeat(41), 1, 1n, null, undefined, ['1']])
      expect(isSequenceNumber(other)).toBe(false);
  });
});
