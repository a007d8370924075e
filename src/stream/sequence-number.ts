/**
 * Sequence numbers are decimal strings of 21 to 40 digits, of differing lengths, so they are compared as numbers.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 */
export const compareSequenceNumbers = (a: string, b: string): number => {
  const [left, right] = [BigInt(a), BigInt(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

export const isSequenceNumber = (value: unknown): value is string =>
  typeof value === 'string' && /^\d{1,40}$/.test(value);
