import { NumberValueImpl as NumberValue } from '@aws-sdk/util-dynamodb';
import { UnreadableRecordError } from '../errors.ts';

/** A DynamoDB number without loss: see {@link decodeNumber}. */
export type DecodedNumber = number | bigint | NumberValue;

const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
/** A double keeps any 15 significant digits, so what is this short needs no check of its own. */
const short = /^-?\d+(?:\.\d+)?$/;
const shortLength = 15;

/** DynamoDB's numbers lie within 1E-130 and 9.99E+125; beyond that an exponent is not worth expanding.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
const largestExponent = 130;
/** Zeros before and behind 38 digits included, no number of DynamoDB is written with more characters. */
const longestText = 300;

/**
 * A whole number is a `number` where that is safe (`Number.isSafeInteger`) and a `bigint` beyond; a fraction is a
 * `number` where that keeps every digit and a `NumberValue` where it does not.
 * @throws UnreadableRecordError if the text is not a number that DynamoDB can store.
 */
export function decodeNumber(text: unknown): DecodedNumber {
  if (typeof text !== 'string') throw new UnreadableRecordError('a number is not written as a string');
  if (text.length <= shortLength && short.test(text)) return Number(text) || 0;

  if (text.length > longestText)
    throw new UnreadableRecordError('a number is beyond what DynamoDB can store');
  const { sign, digits, exponent } = parseDecimal(text);
  if (digits === '0') return 0;
  if (exponent >= 0) {
    const whole = BigInt(sign + digits + '0'.repeat(exponent));
    const small = Number(whole);
    return Number.isSafeInteger(small) ? small : whole;
  }
  const rounded = Number(text);
  const again = parseDecimal(String(rounded));
  return again.digits === digits && again.exponent === exponent ? rounded : NumberValue.from(text);
}

interface Decimal {
  readonly sign: string;
  /** Significant digits, without zeros at either end; `0` for zero. */
  readonly digits: string;
  /** The power of ten that `digits` are multiplied with. */
  readonly exponent: number;
}

function parseDecimal(text: string): Decimal {
  const [matched, sign = '', whole = '', fraction = '', power = '0'] = decimal.exec(text) ?? [];
  if (matched === undefined || whole + fraction === '')
    throw new UnreadableRecordError('a number is not one');
  const significant = (whole + fraction).replace(/^0+/, '');
  const digits = significant.replace(/0+$/, '');
  if (digits === '') return { sign: '', digits: '0', exponent: 0 };
  const exponent = Number(power) - fraction.length + (significant.length - digits.length);
  if (Math.abs(exponent + digits.length) > largestExponent)
    throw new UnreadableRecordError('a number is beyond what DynamoDB can store');
  return { sign: sign === '-' ? '-' : '', digits, exponent };
}
