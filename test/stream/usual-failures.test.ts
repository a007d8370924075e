import { describe, expect, it } from 'vitest';
import { NumberValue } from '../../src/index.ts';
import { decodeImage } from '../../src/stream/attribute-value.ts';

/** What the usual `unmarshall` loses or refuses, measured on @aws-sdk/util-dynamodb 3.996 and Powertools 2.35. */
describe('what the usual unmarshall gets wrong', () => {
  const decodeJson = (json: string) => decodeImage(JSON.parse(json));

  it('Promise 5: bytes in base64 become bytes, alone and in sets', () => {
    const image = decodeJson('{ "photo": { "B": "/wA=" }, "parts": { "BS": ["AQI=", ""] } }');
    expect(image['photo']).toStrictEqual(new Uint8Array([255, 0]));
    expect(image['parts']).toStrictEqual(new Set([new Uint8Array([1, 2]), new Uint8Array()]));
  });

  it('Promise 5: 2^53 + 1 is not rounded to 2^53, alone or in sets', () => {
    const image = decodeJson('{ "id": { "N": "9007199254740993" }, "ids": { "NS": ["-9007199254740993"] } }');
    expect(image['id']).toBe(9_007_199_254_740_993n);
    expect(image['ids']).toStrictEqual(new Set([-9_007_199_254_740_993n]));
  });

  it('Promise 5: a large number that is not whole is read, and keeps its digits', () => {
    const { total } = decodeJson('{ "total": { "N": "9007199254740993.5" } }');
    expect(total).toStrictEqual(NumberValue.from('9007199254740993.5'));
  });

  it('Promise 5: a decimal of 38 digits is not rounded to a double', () => {
    const digits = '3.1415926535897932384626433832795028841';
    expect(decodeJson(`{ "pi": { "N": "${digits}" } }`)['pi']).toStrictEqual(NumberValue.from(digits));
  });

  it('Promise 5: an attribute called __proto__ is an attribute', () => {
    const image = decodeJson('{ "__proto__": { "M": { "admin": { "BOOL": true } } }, "pk": { "S": "a" } }');
    expect(Object.getOwnPropertyDescriptor(image, '__proto__')).toEqual({
      value: { admin: true },
      enumerable: true,
      configurable: true,
      writable: true,
    });
    expect(Object.keys(image)).toEqual(['__proto__', 'pk']);
    expect(Object.getPrototypeOf(image)).toBe(Object.prototype);
    expect(image['admin']).toBeUndefined();
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });

  it('Promise 5: so is one called __proto__ in a map, in a map of a list, and one whose value is no map', () => {
    const image = decodeJson(
      '{ "map": { "M": { "__proto__": { "M": { "admin": { "BOOL": true } } } } },' +
        '"list": { "L": [{ "M": { "__proto__": { "S": "text" }, "constructor": { "S": "c" } } }] } }',
    );
    const map = image['map'] as object;
    const inList = (image['list'] as readonly object[])[0] ?? {};
    expect(Object.entries(map)).toEqual([['__proto__', { admin: true }]]);
    expect(Object.entries(inList)).toEqual([
      ['__proto__', 'text'],
      ['constructor', 'c'],
    ]);
    for (const object of [map, inList]) expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(Reflect.get(map, 'admin')).toBeUndefined();
    expect(Reflect.get({}, 'admin')).toBeUndefined();
  });
});
