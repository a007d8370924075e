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
/** DynamoDB nests 32 levels, each of which is two in JSON, and a letter puts a few around them. */
const deepest = 200;
const reasons: readonly unknown[] = ['permanent', 'unreadable', 'schema', 'exhausted', 'parked'];

/**
 * Reads a letter from the body of a message, wherever its record is.
 * @throws InvalidLetterError if it is no letter, one of an unknown version, or one that unpacks beyond the bound
 */
export const decodeLetter = async (body: string, options: DecodeOptions = {}): Promise<Letter> =>
  letterIn(parseMessage(body), options);

/** {@link decodeLetter} for a body that was parsed already. */
export async function letterIn(
  content: unknown,
  { fetchElsewhere, maxRecordBytes = 16 * 1_048_576 }: DecodeOptions = {},
): Promise<Letter> {
  if (!isObject(content) || !('spillway' in content))
    throw new InvalidLetterError('the message is not a Spillway letter; it was left as it is');
  if (content['spillway'] !== 1)
    throw new InvalidLetterError(
      `the letter is of version ${versionText(content['spillway'])}, and this Spillway reads version 1: update it`,
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
  return parseMessage(unpacked.toString('utf8'));
}

/** Only a number is quoted: what else stands there may be data. */
const versionText = (version: unknown): string =>
  version === null || (typeof version === 'number' && Math.abs(version) < 1_000)
    ? String(version)
    : `(a ${typeof version})`;

/**
 * Parses what came from outside. What is nested deeper than any letter is refused before it takes memory, and before
 * something that calls itself for each level runs out of stack.
 * @throws InvalidLetterError that quotes nothing of it
 */
export function parseMessage(json: string): unknown {
  if (isTooDeep(json))
    throw new InvalidLetterError(
      `the message, or the record in it, is nested deeper than ${deepest} levels; nothing of DynamoDB is`,
    );
  try {
    return JSON.parse(json);
  } catch {
    // The parser's own message quotes the text, which is data.
    throw new InvalidLetterError('the message, or the record in it, is not JSON');
  }
}

/** Counts brackets outside of texts. */
function isTooDeep(json: string): boolean {
  let depth = 0;
  let isInText = false;
  for (let index = 0; index < json.length; index += 1) {
    const character = json.charCodeAt(index);
    if (isInText) {
      if (character === codes.backslash) index += 1;
      else if (character === codes.quote) isInText = false;
    } else if (character === codes.quote) isInText = true;
    else if (character === codes.brace || character === codes.bracket) {
      depth += 1;
      if (depth > deepest) return true;
    } else if (character === codes.closingBrace || character === codes.closingBracket) depth -= 1;
  }
  return false;
}

const codes = {
  quote: 0x22,
  bracket: 0x5b,
  backslash: 0x5c,
  closingBracket: 0x5d,
  brace: 0x7b,
  closingBrace: 0x7d,
} as const;

function isLetter(
  value: Readonly<Record<string, unknown>>,
): value is Readonly<Record<string, unknown>> & Letter {
  const { id, consumer, route, reason, error, attempts, record, failedAt, functionName, requestId } = value;
  const { parked } = value;
  return (
    [id, consumer, failedAt, functionName, requestId].every((field) => typeof field === 'string') &&
    !Number.isNaN(Date.parse(String(failedAt))) &&
    (route === null || typeof route === 'string') &&
    (parked === undefined || isParkingPlace(parked)) &&
    reasons.includes(reason) &&
    isObject(error) &&
    ['name', 'message', 'stack'].every((field) => typeof error[field] === 'string') &&
    Array.isArray(error['issues']) &&
    error['issues'].every(isIssue) &&
    typeof attempts === 'number' &&
    Number.isSafeInteger(attempts) &&
    attempts >= 0 &&
    isObject(record)
  );
}

const isParkingPlace = (parked: unknown): boolean =>
  isObject(parked) &&
  typeof parked['lane'] === 'string' &&
  Number.isSafeInteger(parked['place']) &&
  Number(parked['place']) >= 0;

const isIssue = (issue: unknown): boolean =>
  isObject(issue) && typeof issue['path'] === 'string' && typeof issue['message'] === 'string';
