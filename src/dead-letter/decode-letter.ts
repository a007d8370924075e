import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { InvalidLetterError } from '../errors.ts';
import { isObject } from '../stream/record.ts';
import type { S3Place } from './encode-letter.ts';
import type { Letter } from './letter.ts';

/** Reads what lies in S3; the bytes are gzipped. */
export type FetchElsewhere = (place: S3Place) => Promise<Uint8Array>;

export interface DecodeOptions {
  /** Needed for letters whose record lies in S3. */
  readonly fetchElsewhere?: FetchElsewhere;
  /** How large a record may become when it is unpacked. Default 16 MiB: no record of a stream is near it. */
  readonly maxRecordBytes?: number;
}

const expand = promisify(gunzip);
const reasons: readonly unknown[] = ['permanent', 'unreadable', 'schema', 'exhausted', 'parked'];

/**
 * Reads a letter from the body of a message, wherever its record is.
 * @throws InvalidLetterError if it is no letter, one of an unknown version, or one that unpacks beyond the bound
 */
export async function decodeLetter(
  body: string,
  { fetchElsewhere, maxRecordBytes = 16 * 1_048_576 }: DecodeOptions = {},
): Promise<Letter> {
  const content = parse(body);
  if (!isObject(content) || !('spillway' in content))
    throw new InvalidLetterError('the message is not a Spillway letter; it was left as it is');
  if (content['spillway'] !== 1)
    throw new InvalidLetterError(
      `the letter is of version ${JSON.stringify(content['spillway'])}, and this Spillway reads version 1: update it`,
    );
  const { recordGzip, recordS3, ...rest } = content;
  const record = await recordIn(
    { record: rest['record'], recordGzip, recordS3 },
    fetchElsewhere,
    maxRecordBytes,
  );
  const letter = { ...rest, record };
  if (!isLetter(letter))
    throw new InvalidLetterError('the letter lacks fields that version 1 has; it was left as it is');
  return letter;
}

async function recordIn(
  content: { readonly record: unknown; readonly recordGzip: unknown; readonly recordS3: unknown },
  fetchElsewhere: FetchElsewhere | undefined,
  maxBytes: number,
): Promise<unknown> {
  const { record, recordGzip, recordS3 } = content;
  if (typeof recordGzip === 'string') return unpack(Buffer.from(recordGzip, 'base64'), maxBytes);
  if (recordS3 === undefined) return record;
  if (!isObject(recordS3) || typeof recordS3['bucket'] !== 'string' || typeof recordS3['key'] !== 'string')
    throw new InvalidLetterError('the letter\'s "recordS3" names no bucket and key');
  if (fetchElsewhere === undefined)
    throw new InvalidLetterError("the letter's record lies in S3, and no way to fetch it was given");
  return unpack(await fetchElsewhere({ bucket: recordS3['bucket'], key: recordS3['key'] }), maxBytes);
}

async function unpack(gzipped: Uint8Array, maxBytes: number): Promise<unknown> {
  let unpacked: Buffer;
  try {
    unpacked = await expand(gzipped, { maxOutputLength: maxBytes });
  } catch (cause) {
    throw new InvalidLetterError(
      `the letter's record cannot be unpacked: it is not gzip, or is larger than ${maxBytes} bytes`,
      { cause },
    );
  }
  return parse(unpacked.toString('utf8'));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // The parser's own message quotes the text, which is data.
    throw new InvalidLetterError('the message, or the record in it, is not JSON');
  }
}

function isLetter(
  value: Readonly<Record<string, unknown>>,
): value is Readonly<Record<string, unknown>> & Letter {
  const { id, consumer, route, reason, error, attempts, record, failedAt, functionName, requestId } = value;
  return (
    [id, consumer, failedAt, functionName, requestId].every((field) => typeof field === 'string') &&
    (route === null || typeof route === 'string') &&
    reasons.includes(reason) &&
    isObject(error) &&
    ['name', 'message', 'stack'].every((field) => typeof error[field] === 'string') &&
    Array.isArray(error['issues']) &&
    typeof attempts === 'number' &&
    isObject(record)
  );
}
