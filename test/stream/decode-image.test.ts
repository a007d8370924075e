import { inspect } from 'node:util';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadableRecordError } from '../../src/errors.ts';
import { NumberValue } from '../../src/index.ts';
import { decodeAttribute, decodeImage } from '../../src/stream/attribute-value.ts';
import { toLambdaJson } from '../../src/stream/lambda-record.ts';
import { anyItem } from './arbitrary-items.ts';
import { unreadable } from './unreadable.ts';

const nested = (levels: number, kind: 'M' | 'L' | 'both'): object => {
  if (levels === 0) return { S: 'deepest' };
  const inner = nested(levels - 1, kind);
  const asMap = kind === 'M' || (kind === 'both' && levels % 2 === 0);
  return asMap ? { M: { in: inner } } : { L: [inner] };
};

describe('an attribute value', () => {
  const eachType: readonly (readonly [string, unknown, unknown])[] = [
    ['S', { S: 'text' }, 'text'],
    ['an empty S', { S: '' }, ''],
    ['N', { N: '1.5' }, 1.5],
    ['a large N', { N: '9007199254740993' }, 9_007_199_254_740_993n],
    ['a long N', { N: '1.2345678901234567890' }, NumberValue.from('1.2345678901234567890')],
    ['BOOL true', { BOOL: true }, true],
    ['BOOL false', { BOOL: false }, false],
    ['NULL', { NULL: true }, null],
    ['B', { B: 'AP8=' }, new Uint8Array([0, 255])],
    ['an empty B', { B: '' }, new Uint8Array()],
    ['SS', { SS: ['a', 'b'] }, new Set(['a', 'b'])],
    ['NS', { NS: ['1', '9007199254740993'] }, new Set([1, 9_007_199_254_740_993n])],
    ['BS', { BS: ['AQ==', 'AP8='] }, new Set([new Uint8Array([1]), new Uint8Array([0, 255])])],
    ['L', { L: [{ S: 'a' }, { N: '1' }, { NULL: true }] }, ['a', 1, null]],
    ['an empty L', { L: [] }, []],
    ['M', { M: { a: { S: 'b' }, c: { L: [] } } }, { a: 'b', c: [] }],
    ['an empty M', { M: {} }, {}],
    ['an M whose names are those of types', { M: { S: { N: '1' }, L: { S: 'x' } } }, { S: 1, L: 'x' }],
  ];

  it.each(eachType)('Promise 5: of type %s is decoded from the shape of Lambda', (_, marshalled, value) => {
    expect(decodeAttribute(marshalled)).toStrictEqual(value);
  });

  it.each([
    ['B', { B: new Uint8Array([0, 255]) }, new Uint8Array([0, 255])],
    ['B in a Buffer', { B: Buffer.from([0, 255]) }, new Uint8Array([0, 255])],
    ['BS', { BS: [new Uint8Array([1]), new Uint8Array()] }, new Set([new Uint8Array([1]), new Uint8Array()])],
    ['L of B', { L: [{ B: new Uint8Array([7]) }] }, [new Uint8Array([7])]],
  ])('Promise 5: of type %s is decoded from the shape of the SDK', (_, marshalled, value) => {
    expect(decodeAttribute(marshalled)).toEqual(value);
  });

  it('Promise 5: keeps bytes as bytes whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const decoded = decodeAttribute({ B: Buffer.from(bytes).toString('base64') });
        expect(decoded).toBeInstanceOf(Uint8Array);
        expect(decoded).not.toBeInstanceOf(Buffer);
        expect(decoded).toEqual(bytes);
      }),
    );
  });

  it.each(['M', 'L', 'both'] as const)('may be 32 levels deep, and not 33 (%s)', (kind) => {
    let value: unknown = decodeAttribute(nested(32, kind));
    for (let level = 0; level < 32; level += 1) value = Object.values(value as object)[0];
    expect(value).toBe('deepest');
    expect(unreadable(() => decodeAttribute(nested(33, kind)))).toContain('more than 32 levels');
  });

  it('is refused at once if it is absurdly deep, and does not exhaust the stack', () => {
    const opening = '{"M":{"in":'.repeat(100_000);
    const deep: unknown = JSON.parse(`${opening}{"S":"x"}${'}}'.repeat(100_000)}`);
    expect(unreadable(() => decodeImage({ deep }))).toBe(
      'attribute "deep": the value is more than 32 levels of lists and maps deep',
    );
  });
});

describe('an image', () => {
  it("Promise 5: gives what was marshalled, through Lambda's JSON and through the SDK's shapes", () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        const marshalled = marshall(item);
        expect(decodeImage(marshalled)).toEqual(item);
        expect(decodeImage(JSON.parse(JSON.stringify(toLambdaJson(marshalled))))).toEqual(item);
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves the marshalled image as it was', () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        const marshalled: unknown = JSON.parse(JSON.stringify(toLambdaJson(marshall(item))));
        const before = JSON.stringify(marshalled);
        decodeImage(marshalled);
        expect(JSON.stringify(marshalled)).toBe(before);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a malformed attribute', () => {
  const secret = 'S3CRET';
  const malformed: readonly unknown[] = [
    secret,
    7_777_777,
    true,
    null,
    undefined,
    [],
    [secret],
    {},
    { X: secret },
    { s: secret },
    { String: secret },
    { S: 7_777_777 },
    { S: null },
    { S: { S: secret } },
    { S: [secret] },
    { N: secret },
    { N: 7_777_777 },
    { N: null },
    { N: '' },
    { BOOL: 'true' },
    { BOOL: 1 },
    { BOOL: null },
    { NULL: false },
    { NULL: 'true' },
    { NULL: null },
    { B: 'A' },
    { B: 'A===' },
    { B: '====' },
    { B: 'AA=A' },
    { B: 'AAAA\n' },
    { B: `${secret}!!` },
    { B: `${secret}  ` },
    { B: 7_777_777 },
    { B: [1, 2] },
    { B: { type: 'Buffer', data: [1] } },
    { SS: secret },
    { SS: [7_777_777] },
    { SS: { 0: secret } },
    { SS: [null] },
    { NS: [secret] },
    { NS: '7777777' },
    { NS: [7_777_777] },
    { BS: [`${secret}!!`] },
    { BS: 'AA==' },
    { L: { 0: { S: secret } } },
    { L: secret },
    { L: [secret] },
    { L: [{ S: 'fine' }, { M: { [secret]: { N: secret } } }] },
    { M: [] },
    { M: secret },
    { M: null },
    { M: { [secret]: { Q: secret } } },
    { M: { [secret]: secret } },
    { M: { a: { M: { b: { SS: [7_777_777] } } } } },
  ];

  it.each(malformed.map((value) => [inspect(value, { depth: 6 }), value] as const))(
    'Promise 9: %s is refused by the name of its attribute, and its value is not repeated',
    (_, value) => {
      const message = unreadable(() => decodeImage({ pk: { S: 'fine' }, culprit: value, zz: { S: 'fine' } }));
      expect(message).toMatch(/^attribute "culprit": /);
      expect(message).not.toContain(secret);
      expect(message).not.toContain('7777777');
    },
  );

  it('is refused if its bytes are written in the alphabet of URLs, which neither Lambda nor the SDK uses', () => {
    expect(unreadable(() => decodeImage({ culprit: { B: '-_-_' } }))).toContain('not valid base64');
  });

  it('Promise 9: whatever JSON stands in an image, it decodes or is refused without a word of it', () => {
    const types = ['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'BOOL', 'NULL', '__proto__', 'toString'];
    const leaf = fc.constantFrom<unknown>(secret, 7_777_777, true, null, '', [], {});
    const { json } = fc.letrec<{ readonly json: unknown }>((tie) => ({
      json: fc.oneof(
        { depthSize: 'medium' },
        leaf,
        fc.array(tie('json'), { maxLength: 3 }),
        fc
          .array(fc.tuple(fc.constantFrom(...types), tie('json')), { maxLength: 2 })
          .map((entries) => Object.fromEntries(entries)),
      ),
    }));
    fc.assert(
      fc.property(json, (value) => {
        try {
          decodeImage({ culprit: value });
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableRecordError);
          const { message } = error as UnreadableRecordError;
          expect(message).toMatch(/^attribute "culprit": /);
          expect(message).not.toMatch(/S3CRET|7777777/);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([null, undefined, 'text', 7, true, [{ S: 'x' }]])('an image that is %j is refused', (image) => {
    expect(unreadable(() => decodeImage(image))).toBe('an image is not a map of attributes');
  });
});
