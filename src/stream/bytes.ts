import { UnreadableRecordError } from '../errors.ts';

/**
 * Bytes as Lambda hands them over (base64) or as the Streams API does (`Uint8Array`); always a copy, for the record must
 * stay as it came.
 * @throws UnreadableRecordError for anything else, base64 with foreign characters included.
 */
export function decodeBytes(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (typeof value !== 'string') throw new UnreadableRecordError('a binary value is not written in base64');
  const bytes = Buffer.from(value, 'base64');
  // Buffer skips what is not base64, so foreign characters show as bytes that are missing; and it takes "-" and "_".
  if (
    value.length % 4 !== 0 ||
    bytes.length !== (value.length / 4) * 3 - paddingOf(value) ||
    /[-_]/.test(value)
  )
    throw new UnreadableRecordError('a binary value is not valid base64');
  return new Uint8Array(bytes);
}

const paddingOf = (base64: string): number => (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0);
