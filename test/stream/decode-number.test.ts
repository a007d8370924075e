import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberValue } from '../../src/index.ts';
import { decodeNumber } from '../../src/stream/number.ts';
import { decimalText, isWhole, sameDecimal } from './exact-decimal.ts';

describe('a decoded number', () => {
  it('Promise 5: has the value that was written, to the last of 38 digits and over the whole range', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        const decoded = decodeNumber(text);
        expect([text, sameDecimal(String(decoded), text)]).toEqual([text, true]);
      }),
      { numRuns: 5_000 },
    );
  });

  it('Promise 5: is a number only where that gives the same digits back', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        const decoded = decodeNumber(text);
        const exactAsNumber = isWhole(text)
          ? Number.isSafeInteger(Number(text))
          : sameDecimal(String(Number(text)), text);
        expect([text, typeof decoded === 'number']).toEqual([text, exactAsNumber]);
      }),
      { numRuns: 5_000 },
    );
  });

  it('Promise 5: is a bigint where it is whole and too large for a number, and a NumberValue where it is a fraction', () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        const decoded = decodeNumber(text);
        fc.pre(typeof decoded !== 'number');
        expect(typeof decoded === 'bigint').toBe(isWhole(text));
        expect(decoded instanceof NumberValue).toBe(!isWhole(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives every number of JavaScript that DynamoDB can store back as it was', () => {
    const storable = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter(
        (value) =>
          !Object.is(value, -0) &&
          (value === 0 || (Math.abs(value) >= 1e-130 && Math.abs(value) < 1e126)) &&
          (!Number.isInteger(value) || Number.isSafeInteger(value)),
      );
    fc.assert(
      fc.property(storable, (value) => {
        expect(decodeNumber(String(value))).toBe(value);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives every safe integer back as a number and every larger one as a bigint', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), (value) => {
        const isSafe = Number.isSafeInteger(Number(value));
        expect(decodeNumber(String(value))).toBe(isSafe ? Number(value) : value);
      }),
    );
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(decodeNumber(String(value))).toBe(value);
      }),
    );
  });

  it.each([
    ['0', 0],
    ['-0', 0],
    ['-0.0', 0],
    ['0E+10', 0],
    ['1.10', 1.1],
    ['-1.50', -1.5],
    ['1e5', 100_000],
    ['1E-130', 1e-130],
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740992', 9_007_199_254_740_992n],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['-9007199254740993', -9_007_199_254_740_993n],
    ['1E+125', 10n ** 125n],
    [`${'9'.repeat(38)}${'0'.repeat(88)}`, BigInt(`${'9'.repeat(38)}${'0'.repeat(88)}`)],
    ['0.1', 0.1],
    ['0.30000000000000004', 0.1 + 0.2],
  ])('reads %s as %s', (text, value) => {
    expect(decodeNumber(text)).toBe(value);
  });

  it.each([
    '1.2345678901234567890123456789012345678',
    '9007199254740993.5',
    '0.1000000000000000055511151231257827021',
    '3.141592653589793238',
  ])('keeps the fraction %s as a NumberValue', (text) => {
    const decoded = decodeNumber(text);
    expect(decoded).toBeInstanceOf(NumberValue);
    expect(String(decoded)).toBe(text);
  });

  const noNumbers: readonly unknown[] = [
    '',
    ' ',
    ' 1',
    '1 ',
    '1\n',
    '-',
    '.',
    '-.',
    'e5',
    '1e',
    '1e+',
    '--1',
    '1-1',
    '1.2.3',
    '1,5',
    '1_000',
    '0x10',
    '1n',
    'NaN',
    'Infinity',
    '-Infinity',
    '١',
    '1E131',
    '1E-132',
    '1E9999',
    '1E99999',
    '9'.repeat(131),
    1,
    1n,
    null,
    undefined,
    true,
    {},
    ['1'],
  ];

  it.each(noNumbers.map((value) => [inspect(value).slice(0, 40), value] as const))(
    'refuses %s, and does not repeat it',
    (_, value) => {
      expect(() => decodeNumber(value)).toThrow(expect.objectContaining({ code: 'UNREADABLE_RECORD' }));
      expect(() => decodeNumber(value)).toThrow(
        /^a number (is not one|is not written as a string|is beyond what DynamoDB can store)$/,
      );
    },
  );

  // To strip zeros by a regular expression takes time in the square of their number: seconds for 100,000.
  it('refuses a number with too many digits at once, however many it has', () => {
    const startedAt = performance.now();
    expect(() => decodeNumber(`1${'0'.repeat(60_000)}1`)).toThrow('beyond what DynamoDB can store');
    expect(performance.now() - startedAt).toBeLessThan(200);
  });
});
