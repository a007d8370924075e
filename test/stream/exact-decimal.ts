import * as fc from 'fast-check';

/** A decimal number as whole number times a power of ten: the arithmetic that the tests trust, and nothing of `src`. */
interface Scaled {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** Reads "-1.5", "1e-7" or "1.5E+20". */
export function scaled(text: string): Scaled {
  const [coefficient = '', power = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = coefficient.split('.');
  return { mantissa: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** Whether two decimal texts are the same number, to the last digit. */
export function sameDecimal(left: string, right: string): boolean {
  const [a, b] = [scaled(left), scaled(right)];
  const lowest = Math.min(a.exponent, b.exponent);
  const raise = ({ mantissa, exponent }: Scaled) => mantissa * 10n ** BigInt(exponent - lowest);
  return raise(a) === raise(b);
}

export const isWhole = (text: string): boolean => {
  const { mantissa, exponent } = scaled(text);
  return exponent >= 0 || mantissa % 10n ** BigInt(-exponent) === 0n;
};

const digit = fc.integer({ min: 0, max: 9 });
const signs = fc.constantFrom('', '-');

/**
 * Any number that DynamoDB can store, as text: 1 to 38 digits, from 1E-130 to 9.99E+125, written with an exponent, or
 * in full as DynamoDB itself writes it.
 */
export const decimalText: fc.Arbitrary<string> = fc
  .record({
    sign: signs,
    first: fc.integer({ min: 1, max: 9 }),
    // About 17 digits is where doubles begin to lie.
    more: fc.oneof(fc.array(digit, { maxLength: 37 }), fc.array(digit, { minLength: 14, maxLength: 17 })),
    magnitude: fc.oneof(
      fc.integer({ min: -130, max: 125 }),
      fc.integer({ min: -8, max: 40 }),
      fc.constantFrom(-130, 125, 0, 15, 16),
    ),
    inFull: fc.boolean(),
  })
  .map(({ sign, first, more, magnitude, inFull }) => {
    const digits = `${first}${more.join('')}`;
    if (inFull) return sign + writtenInFull(digits, magnitude);
    const fraction = more.length === 0 ? '' : `.${more.join('')}`;
    return `${sign}${first}${fraction}E${magnitude < 0 ? '' : '+'}${magnitude}`;
  });

/** @param magnitude the power of ten of the first digit */
function writtenInFull(digits: string, magnitude: number): string {
  if (magnitude < 0) return `0.${'0'.repeat(-magnitude - 1)}${digits}`;
  const point = magnitude + 1;
  return point >= digits.length
    ? digits + '0'.repeat(point - digits.length)
    : `${digits.slice(0, point)}.${digits.slice(point)}`;
}
