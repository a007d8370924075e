import { decodeNumber } from '../../stream/number.ts';

/** Up to 21 digits before the point, and nothing that would take an exponent. */
const plain = /^-?\d{1,21}(\.\d+)?$/;

/**
 * How DynamoDB writes a number into its stream: without needless zeros, signs and exponents. Filters compare numbers by
 * their text, so a guess would drop records; where it is not certain that DynamoDB writes no exponent (1e21 and above,
 * below 0.000001) the answer is `undefined`.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
export function numberText(literal: number | bigint): string | undefined {
  const text = String(decodeNumber(String(literal)));
  return plain.test(text) ? text : undefined;
}
