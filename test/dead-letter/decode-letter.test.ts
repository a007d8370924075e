import { gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecodeOptions } from '../../src/dead-letter/decode-letter.ts';
import { decodeLetter } from '../../src/dead-letter/decode-letter.ts';
import { InvalidLetterError } from '../../src/errors.ts';
import { simpleLetter } from './letters.ts';

const letter = simpleLetter();
const { record, ...withoutRecord } = letter;
const body = (changes: object) => JSON.stringify({ ...letter, ...changes });
const packed = (content: string) => gzipSync(content).toString('base64');

/** The message with which a body is refused; fails the test if it is not. */
async function refusal(text: string, options?: DecodeOptions): Promise<string> {
  const error: unknown = await decodeLetter(text, options).then(
    () => expect.unreachable('it was read'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InvalidLetterError);
  return (error as InvalidLetterError).message;
}

const pointer = {
  requestContext: { requestId: 'r', condition: 'RetryAttemptsExhausted', approximateInvokeCount: 1 },
  DDBStreamBatchInfo: { shardId: 's', batchSize: 1 },
};

describe('what is no letter', () => {
  it.each([
    ['nothing', '', 'is not JSON'],
    ['a text', 'secret', 'is not JSON'],
    ['half a letter', JSON.stringify(letter).slice(0, 100), 'is not JSON'],
    ['null', 'null', 'not a Spillway letter'],
    ['a list', JSON.stringify([letter]), 'not a Spillway letter'],
    ['a number', '7', 'not a Spillway letter'],
    ['a pointer of Lambda', JSON.stringify(pointer), 'not a Spillway letter'],
    [
      'a letter without a version',
      JSON.stringify({ ...letter, spillway: undefined }),
      'not a Spillway letter',
    ],
    ['version 2', body({ spillway: 2 }), 'of version 2, and this Spillway reads version 1'],
    ['version 0', body({ spillway: 0 }), 'of version 0'],
    ['version "1"', body({ spillway: '1' }), 'of version'],
    ['version null', body({ spillway: null }), 'of version null'],
    ['version []', body({ spillway: [] }), 'of version'],
  ])('%s is refused as such', async (_, text, told) => {
    const message = await refusal(text);
    expect(message).toContain(told);
    expect(message).not.toContain('secret');
  });

  it('a version that is an object which hides its text is refused as such', async () => {
    expect(await refusal(body({ spillway: { toString: 1, valueOf: 1 } }))).toContain('of version');
  });

  it.each(['id', 'consumer', 'route', 'reason', 'error', 'attempts', 'record', 'failedAt'])(
    'a letter without "%s" is refused',
    async (field) => {
      expect(await refusal(body({ [field]: undefined }))).toContain('lacks fields');
    },
  );

  it.each(['functionName', 'requestId'])('a letter without "%s" is refused', async (field) => {
    expect(await refusal(body({ [field]: undefined }))).toContain('lacks fields');
  });

  it.each(['name', 'message', 'stack', 'issues'])('a letter without "error.%s" is refused', async (field) => {
    expect(await refusal(body({ error: { ...letter.error, [field]: undefined } }))).toContain('lacks fields');
  });

  it.each([
    ['an id that is a number', { id: 7 }],
    ['a consumer that is null', { consumer: null }],
    ['a route that is a number', { route: 7 }],
    ['an unknown reason', { reason: 'bored' }],
    ['an error that is a text', { error: 'x' }],
    ['an error that is a list', { error: [] }],
    ['attempts in a text', { attempts: '3' }],
    ['a record that is a text', { record: 'x' }],
    ['a record that is a list', { record: [] }],
    ['a record that is null', { record: null }],
  ])('a letter with %s is refused', async (_, changes) => {
    expect(await refusal(body(changes))).toContain('lacks fields');
  });

  it('whatever JSON it is, it is refused as no letter or read as one', async () => {
    const names = ['spillway', 'id', 'record', 'recordGzip', 'recordS3', 'error', '__proto__', 'toString'];
    const changes = fc
      .array(fc.tuple(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 })), { maxLength: 4 })
      .map((entries): object => Object.fromEntries(entries));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.jsonValue(),
          changes.map((some) => ({ ...letter, ...some })),
        ),
        async (value) => {
          const read: unknown = await decodeLetter(JSON.stringify(value)).catch((error: unknown) => error);
          if (read instanceof Error) expect(read).toBeInstanceOf(InvalidLetterError);
          else expect(read).toMatchObject({ spillway: 1 });
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("a letter's record that is packed", () => {
  const gzipped = (recordGzip: unknown) => JSON.stringify({ ...withoutRecord, recordGzip });

  it('is unpacked', async () => {
    expect(await decodeLetter(gzipped(packed(JSON.stringify(record))))).toEqual(letter);
  });

  it.each([
    ['no base64', '!!! secret !!!', 'cannot be unpacked'],
    ['nothing', '', 'cannot be unpacked'],
    ['base64 of no gzip', Buffer.from('secret').toString('base64'), 'cannot be unpacked'],
    ['cut off', packed(JSON.stringify(record)).slice(0, 60), 'cannot be unpacked'],
    ['no JSON', packed('secret'), 'is not JSON'],
    ['JSON, but no record', packed('"secret"'), 'lacks fields'],
    ['a number', 7, 'lacks fields'],
  ])('is refused if it is %s', async (_, recordGzip, told) => {
    const message = await refusal(gzipped(recordGzip));
    expect(message).toContain(told);
    expect(message).not.toContain('secret');
  });

  it('is refused quickly if it unpacks to a hundred times what a record may be', async () => {
    const bomb = packed(`"${'0'.repeat(128 * 1_048_576)}"`);
    const startedAt = performance.now();
    expect(await refusal(gzipped(bomb))).toContain('larger than 16777216 bytes');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  it('may be bounded more closely', async () => {
    const content = packed(JSON.stringify(record));
    expect(await refusal(gzipped(content), { maxRecordBytes: 100 })).toContain('larger than 100 bytes');
  });
});

describe("a letter's record that lies in S3", () => {
  const place = { bucket: 'letters', key: 'spillway/x.json.gz' };
  const elsewhere = (recordS3: unknown) => JSON.stringify({ ...withoutRecord, recordS3 });

  it('is fetched from where the letter says', async () => {
    const asked: unknown[] = [];
    const fetchElsewhere: DecodeOptions['fetchElsewhere'] = (where) => {
      asked.push(where);
      return Promise.resolve(gzipSync(JSON.stringify(record)));
    };
    expect(await decodeLetter(elsewhere(place), { fetchElsewhere })).toEqual(letter);
    expect(asked).toEqual([place]);
  });

  it('is refused if there is no way to fetch it', async () => {
    expect(await refusal(elsewhere(place))).toContain('lies in S3, and no way to fetch it was given');
  });

  it.each([[null], ['letters/x'], [{ bucket: 'letters' }], [{ bucket: 'letters', key: 7 }], [[]]])(
    'is refused if it lies at %j',
    async (recordS3) => {
      const fetchElsewhere = () => expect.unreachable('nothing is to be fetched');
      expect(await refusal(elsewhere(recordS3), { fetchElsewhere })).toContain('names no bucket and key');
    },
  );

  it('is refused if what lies there is too large', async () => {
    const fetchElsewhere = () => Promise.resolve(gzipSync('0'.repeat(2_000_000)));
    expect(await refusal(elsewhere(place), { fetchElsewhere, maxRecordBytes: 1_000_000 })).toContain(
      'larger than 1000000 bytes',
    );
  });
});

describe('a hostile letter', () => {
  const insert = (json: string) => `${JSON.stringify(letter).slice(0, -1)},${json}}`;

  it('changes no prototype, in itself or of anything', async () => {
    const read = await decodeLetter(insert('"__proto__":{"polluted":true,"route":"other"}'));
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Reflect.get(read, 'polluted')).toBeUndefined();
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(read.route).toBe('tell-customer');
  });

  it('changes no prototype through its record either, packed or not', async () => {
    const evil = JSON.stringify(record).replace('"eventID"', '"__proto__":{"polluted":true},"eventID"');
    const plain = await decodeLetter(JSON.stringify(letter).replace(JSON.stringify(record), evil));
    const unpacked = await decodeLetter(JSON.stringify({ ...withoutRecord, recordGzip: packed(evil) }));
    for (const { record: read } of [plain, unpacked]) {
      expect(JSON.stringify(read)).toBe(evil);
      expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
      expect(Reflect.get(read, 'polluted')).toBeUndefined();
    }
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('does not borrow its fields from a __proto__', async () => {
    const { id, ...rest } = letter;
    const text = `${JSON.stringify(rest).slice(0, -1)},"__proto__":${JSON.stringify({ id })}}`;
    expect(await refusal(text)).toContain('lacks fields');
  });
});
