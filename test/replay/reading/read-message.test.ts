import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FetchElsewhere } from '../../../src/dead-letter/decode-letter.ts';
import { ReplayError } from '../../../src/errors.ts';
import type { Found } from '../../../src/replay/reading/found.ts';
import { createMessageReader } from '../../../src/replay/reading/read-message.ts';
import { insertRecord } from '../../../src/testing/index.ts';
import { anyLetter, letterFor, simpleLetter } from '../../dead-letter/letters.ts';
import {
  event,
  inSns,
  numbers,
  pointerBody,
  pointerRead,
  someRecords,
  streamArn,
  written,
} from './messages.ts';

const letter = letterFor(insertRecord({ pk: 'order-1', secret: 'classified' }));
const { record, ...withoutRecord } = letter;
const packed = (content: string) => gzipSync(content).toString('base64');

const read = (content: unknown, fetchObject?: FetchElsewhere): Promise<Found> =>
  readText(JSON.stringify(content), fetchObject);
const readText = (body: string, fetchObject?: FetchElsewhere): Promise<Found> =>
  createMessageReader({ ...(fetchObject && { fetchObject }) })({ body });
const holding =
  (content: unknown): FetchElsewhere =>
  () =>
    Promise.resolve(Buffer.from(JSON.stringify(content)));

/** Why it is left alone; fails the test if it is not. */
async function whyForeign(found: Promise<Found>): Promise<string> {
  const it = await found;
  expect(it).toMatchObject({ kind: 'foreign' });
  const why = it.kind === 'foreign' ? it.why : '';
  expect(why).not.toContain('classified');
  expect(why.length).toBeLessThan(300);
  return why;
}

describe('a letter', () => {
  const found = { kind: 'letter', letter };

  it('is read as it is, packed, and from S3', async () => {
    expect(await read(letter)).toEqual(found);
    const recordGzip = packed(JSON.stringify(record));
    expect(await read({ ...withoutRecord, recordGzip })).toEqual(found);
    const recordS3 = { bucket: 'letters', key: 'x.json.gz' };
    const fetchObject = () => Promise.resolve(gzipSync(JSON.stringify(record)));
    expect(await read({ ...withoutRecord, recordS3 }, fetchObject)).toEqual(found);
  });

  it('of a parked item is read with its place', async () => {
    const parked = { ...letter, reason: 'parked', parked: { lane: 'a'.repeat(64), place: 2 } };
    expect(await read(parked)).toEqual({ kind: 'letter', letter: parked });
  });

  it('that came by way of a topic is read as well', async () => {
    expect(await read(inSns(letter))).toEqual(found);
  });

  it('of any record and error that could be written is read as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(anyLetter, async (one) => {
        expect(await read(one)).toEqual({ kind: 'letter', letter: one });
      }),
      { numRuns: 100 },
    );
  });

  it('keeps an attribute called __proto__, which changes nothing else', async () => {
    const body = JSON.stringify(letter).replace('"pk":', '"__proto__":{"S":"x"},"pk":');
    const one = await readText(body);
    expect(JSON.stringify(one.kind === 'letter' && one.letter.record)).toContain('"__proto__":{"S":"x"}');
    expect(Reflect.get({}, 'S')).toBeUndefined();
  });

  it.each([
    ['a later version', { spillway: 2 }, 'of version 2'],
    ['a version that is data', { spillway: 'classified' }, 'of version (a string)'],
    ['a version that is an object', { spillway: { classified: 1 } }, 'of version (a object)'],
    ['a version that may be data', { spillway: 4_111_111_111_111_111 }, 'of version (a number)'],
    ['a reason nobody knows', { reason: 'classified' }, 'lacks fields'],
    ['a place of null', { parked: null }, 'lacks fields'],
    ['a place in no lane', { parked: { lane: 7, place: 0 } }, 'lacks fields'],
    ['a place below the first', { parked: { lane: 'x', place: -1 } }, 'lacks fields'],
    ['a place between two', { parked: { lane: 'x', place: 0.5 } }, 'lacks fields'],
    ['attempts below zero', { attempts: -1 }, 'lacks fields'],
    ['attempts and a half', { attempts: 1.5 }, 'lacks fields'],
    ['a day that is none', { failedAt: 'classified' }, 'lacks fields'],
    ['issues that are texts', { error: { ...letter.error, issues: ['classified'] } }, 'lacks fields'],
    ['a record of nothing', { record: {} }, 'of no DynamoDB stream'],
    ['a record of a queue', { record: { ...record, eventSource: 'aws:sqs' } }, 'of no DynamoDB stream'],
    [
      'a record without a number',
      { record: { ...record, dynamodb: { ...record.dynamodb, SequenceNumber: 'classified' } } },
      'of no DynamoDB stream',
    ],
    [
      'a record in S3, and no S3',
      { record: undefined, recordS3: { bucket: 'b', key: 'k' } },
      'no way to fetch',
    ],
  ])('with %s is left alone', async (_, changes, told) => {
    expect(await whyForeign(read({ ...letter, ...changes }))).toContain(told);
  });

  it('whose record S3 does not give now is not said to be broken', async () => {
    const recordS3 = { bucket: 'letters', key: 'classified' };
    const fetchObject = () => Promise.reject(new Error('classified: connection refused'));
    const why = await whyForeign(read({ ...withoutRecord, recordS3 }, fetchObject));
    expect(why).toContain('could not be fetched; try again');
  });
});

describe("Lambda's pointer", () => {
  const found = { kind: 'pointer', pointer: pointerRead };
  const withPayload = { kind: 'pointer', pointer: { ...pointerRead, records: someRecords } };

  it('is read from a queue, and from a topic in a queue', async () => {
    expect(await read(pointerBody())).toEqual(found);
    expect(await read(inSns(pointerBody()))).toEqual(found);
  });

  it.each([
    ['whose function answered, if badly', { responseContext: { statusCode: 200, functionError: null } }],
    ['whose records were too old, without a response', { responseContext: undefined }],
    ['without a version', { version: undefined }],
  ])('%s is read', async (_, more) => {
    expect(await read(pointerBody({ more }))).toEqual(found);
  });

  it('of an alias names its function, and one of an age its condition', async () => {
    const request = {
      functionArn: 'arn:aws-cn:lambda:cn-north-1:1:function:shop_orders-2:live',
      condition: 'RecordAgeExceeded',
    };
    const one = await read(pointerBody({ request }));
    expect(one).toMatchObject({
      pointer: { functionName: 'shop_orders-2', condition: 'RecordAgeExceeded' },
    });
  });

  it('that does not say when its records arrived is read without', async () => {
    const batch = { approximateArrivalOfFirstRecord: undefined, approximateArrivalOfLastRecord: null };
    expect(await read(pointerBody({ batch }))).toMatchObject({
      pointer: { firstArrivedAt: undefined, lastArrivedAt: undefined },
    });
  });

  it('brings its records with it from a bucket, as a text or as an object', async () => {
    expect(await read(pointerBody({ more: { payload: JSON.stringify(event) } }))).toEqual(withPayload);
    expect(await read(pointerBody({ more: { payload: event } }))).toEqual(withPayload);
  });

  it('has no records but those between its numbers, in their order', async () => {
    const payload = { Records: someRecords.toReversed() };
    expect(await read(pointerBody({ more: { payload } }))).toEqual(withPayload);
    const one = await read(
      pointerBody({ more: { payload }, batch: { startSequenceNumber: numbers[1], batchSize: 2 } }),
    );
    expect(one).toMatchObject({ pointer: { records: someRecords.slice(1) } });
  });

  it.each([
    ['of a shard that is a number', { batch: { shardId: 7 } }, 'DDBStreamBatchInfo.shardId'],
    ['of a shard with odd characters', { batch: { shardId: '\uD800' } }, 'DDBStreamBatchInfo.shardId'],
    ['from no number', { batch: { startSequenceNumber: null } }, 'startSequenceNumber'],
    ['from a text', { batch: { startSequenceNumber: 'classified' } }, 'startSequenceNumber'],
    ['up to a very long number', { batch: { endSequenceNumber: '9'.repeat(41) } }, 'endSequenceNumber'],
    ['whose end is before its beginning', { batch: { endSequenceNumber: '5' } }, 'endSequenceNumber'],
    ['of no records', { batch: { batchSize: 0 } }, 'batchSize'],
    ['of too many records', { batch: { batchSize: 10_001 } }, 'batchSize'],
    ['of half a record', { batch: { batchSize: 0.5 } }, 'batchSize'],
    ['of a queue', { batch: { streamArn: 'arn:aws:sqs:us-east-1:1:classified' } }, 'streamArn'],
    ['of no function', { request: { functionArn: 'classified' } }, 'requestContext.functionArn'],
    ['of no request', { request: { requestId: {} } }, 'requestContext.requestId'],
    ['without a condition', { request: { condition: '' } }, 'requestContext.condition'],
    ['invoked -1 times', { request: { approximateInvokeCount: -1 } }, 'approximateInvokeCount'],
    ['of no time', { more: { timestamp: 'classified' } }, 'timestamp'],
    ['of the 40th of May', { more: { timestamp: '2026-05-40T00:00:00Z' } }, 'timestamp'],
    ['that arrived at no time', { batch: { approximateArrivalOfLastRecord: 7 } }, 'approximateArrivalOfLast'],
    ['without a request', { more: { requestContext: null } }, '"requestContext"'],
    ['without a batch', { more: { DDBStreamBatchInfo: [] } }, '"DDBStreamBatchInfo"'],
    ['of a later version', { more: { version: '2.0' } }, 'a version that this Spillway does not know'],
    ['with a payload of null', { more: { payload: null } }, '"payload"'],
    ['with a payload of a number', { more: { payload: 7 } }, '"payload"'],
    ['with a payload of words', { more: { payload: 'classified' } }, 'not JSON'],
    ['with a payload of nothing', { more: { payload: { Records: [] } } }, '"payload"'],
    ['with a payload of other things', { more: { payload: { Records: ['classified'] } } }, '"payload"'],
    [
      'with a payload of another stream',
      { more: { payload: event }, batch: { streamArn: streamArn.replace('Shop', 'Other') } },
      '"payload"',
    ],
    [
      'with a payload of other numbers',
      { more: { payload: event }, batch: { startSequenceNumber: '1', endSequenceNumber: '2' } },
      '"payload"',
    ],
  ])('%s is left alone', async (_, parts, told) => {
    expect(await whyForeign(read(pointerBody(parts)))).toContain(told);
  });
});

describe('a notification of S3', () => {
  const object = pointerBody({ more: { payload: JSON.stringify(event) } });
  const found = { kind: 'pointer', pointer: { ...pointerRead, records: someRecords } };
  const notification = { Records: [written('aws/lambda/x')] };

  it('is read by fetching what it tells of, bare and through a topic', async () => {
    expect(await read(notification, holding(object))).toEqual(found);
    expect(await read(inSns(notification), holding(object))).toEqual(found);
  });

  it('has a key as a form has its fields', async () => {
    const asked: unknown[] = [];
    const fetchObject: FetchElsewhere = (place) => {
      asked.push(place);
      return holding(object)(place);
    };
    await read({ Records: [written('a+b%2Bc/%C3%A4')] }, fetchObject);
    expect(asked).toEqual([{ bucket: 'failures', key: 'a b+c/ä' }]);
  });

  it.each([
    ['about two objects', { Records: [written('a'), written('b')] }, 'about 2 objects'],
    ['about a removal', { Records: [written('a', 'failures', 'ObjectRemoved:Delete')] }, 'something else'],
    ['without a key', { Records: [{ eventSource: 'aws:s3', s3: { bucket: { name: 'abc' } } }] }, 'no bucket'],
    ['with a broken key', { Records: [written('%E0%A4%A')] }, 'no bucket and key'],
    ['with an endless key', { Records: [written('x'.repeat(1_025))] }, 'no bucket and key'],
    ['with an ARN for a bucket', { Records: [written('a', 'arn:aws:s3:us-east-1:1:x')] }, 'no bucket'],
    ['that is a test', { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'x' }, 'it can be deleted'],
  ])('%s is left alone, and nothing is fetched', async (_, content, told) => {
    const fetchObject = () => expect.unreachable('nothing is to be fetched');
    expect(await whyForeign(read(content, fetchObject))).toContain(told);
  });

  it.each([
    ['something else', { classified: 1 }],
    ['another notification', notification],
    ['a letter', letter],
    ['null', null],
  ])('about an object that is %s is left alone', async (_, content) => {
    expect(await whyForeign(read(notification, holding(content)))).toContain('not what Lambda writes');
  });

  it('about an object that cannot be fetched is not said to be broken', async () => {
    const why = (fetchObject?: FetchElsewhere) => whyForeign(read(notification, fetchObject));
    expect(await why()).toContain('no way to fetch it');
    expect(await why(() => Promise.reject(new Error('no')))).toContain('could not be fetched; try again');
    expect(await why(() => Promise.reject(new ReplayError('it is not there')))).toBe('it is not there');
    expect(await why(() => Promise.resolve(gzipSync('{}')))).toContain('not JSON');
  });
});

describe('what is for somebody else', () => {
  it.each([
    ['nothing', '', 'not JSON'],
    ['a text', 'classified', 'not JSON'],
    ['half a letter', JSON.stringify(letter).slice(0, 90), 'not JSON'],
    ['null', 'null', 'no object'],
    ['a number', '7', 'no object'],
    ['a list', '[{"spillway":1}]', 'no object'],
    ['an object', '{"classified":1}', 'neither a letter'],
    ['a lone surrogate', '"\uD800"', 'no object'],
    ['an event of a stream', JSON.stringify(event), 'neither a letter'],
    [
      'a pointer of Kinesis',
      JSON.stringify({ ...pointerBody(), DDBStreamBatchInfo: undefined, KinesisBatchInfo: {} }),
      'Kinesis',
    ],
    ['a topic in a topic', JSON.stringify(inSns(inSns(letter))), 'neither a letter'],
    [
      'a topic with words',
      JSON.stringify(inSns(undefined)).replace('{', '{"Message":"classified",'),
      'not JSON',
    ],
    ['fields in a __proto__', `{"__proto__":${JSON.stringify(letter)}}`, 'neither a letter'],
  ])('is left alone: %s', async (_, body, told) => {
    expect(await whyForeign(readText(body))).toContain(told);
  });

  const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
  const letterWith = (json: string) => `${JSON.stringify(withoutRecord).slice(0, -1)},${json}}`;

  it.each([
    ['a body', deep(500_000)],
    ['a body that never closes', '{"a":'.repeat(500_000)],
    ['a record', letterWith(`"record":${deep(100_000)}`)],
    ['a version', letterWith(`"spillway":${deep(100_000)}`)],
    ['a packed record', letterWith(`"recordGzip":"${packed(deep(4_000_000))}"`)],
    ['a payload', JSON.stringify(pointerBody({ more: { payload: deep(100_000) } }))],
    ['a message of a topic', JSON.stringify({ Type: 'Notification', Message: deep(100_000) })],
  ])('is left alone if it is very deep: %s', async (_, body) => {
    expect(await whyForeign(readText(body))).toContain('nested deeper');
  });

  it('is not taken for deep because of brackets in a text', async () => {
    const one = letterFor(insertRecord({ pk: 'a', text: '[{'.repeat(5_000), more: '\\"[{['.repeat(500) }));
    expect(await read(one)).toEqual({ kind: 'letter', letter: one });
  });

  it('is left alone if it unpacks to more than a record can be, or is longer than a message', async () => {
    const bomb = packed('0'.repeat(64 * 1_048_576));
    expect(await whyForeign(readText(letterWith(`"recordGzip":"${bomb}"`)))).toContain('larger than');
    expect(await whyForeign(readText(' '.repeat(33 * 1_048_576)))).toContain('more than');
  });

  it('whatever JSON it is, it ends as something whole, and nothing is thrown', async () => {
    const field = fc.constantFrom(
      ...['spillway', 'record', 'recordGzip', 'recordS3', 'parked', 'error', 'failedAt', 'attempts'],
      ...['Type', 'Message', 'Records', 'Event', 'Service', '__proto__', 'toString', 'payload', 'version'],
      ...['DDBStreamBatchInfo', 'requestContext', 'timestamp', 'KinesisBatchInfo'],
    );
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(...someRecords, '\uD800', 1, 1e300),
    );
    const changes = fc
      .array(fc.tuple(field, value), { maxLength: 3 })
      .map((entries): object => Object.fromEntries(entries));
    const base = fc.constantFrom<object>(letter, pointerBody(), inSns(letter), { Records: [written('a')] });
    const body = fc.oneof(
      value,
      fc.tuple(base, changes).map(([one, more]) => ({ ...one, ...more })),
    );
    await fc.assert(
      fc.asyncProperty(body, value, async (content, object) => {
        checkWhole(await read(content, holding(object)));
      }),
      { numRuns: 1_000 },
    );
  });

  function checkWhole(found: Found): void {
    switch (found.kind) {
      case 'foreign':
        expect(found.why).toMatch(/^[\x20-\x7e]{10,300}$/);
        break;
      case 'letter':
        for (const [name, value] of Object.entries(simpleLetter()))
          if (name !== 'route') expect(typeof Reflect.get(found.letter, name)).toBe(typeof value);
        expect(found.letter.record.dynamodb?.SequenceNumber).toMatch(/^\d{1,40}$/);
        break;
      case 'pointer':
        for (const name of Object.keys(pointerRead).filter((one) => !/^(records|.*ArrivedAt)$/.test(one)))
          expect(['string', 'number']).toContain(typeof Reflect.get(found.pointer, name));
        expect(BigInt(found.pointer.first)).toBeLessThanOrEqual(BigInt(found.pointer.last));
    }
  }
});
