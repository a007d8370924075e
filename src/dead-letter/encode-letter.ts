import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { LetterTooLargeError } from '../errors.ts';
import type { Letter } from './letter.ts';
import { letterAttributes } from './letter.ts';

/** A letter as it lies in the queue. */
export interface EncodedLetter {
  readonly id: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What SQS counts: body, and names, types and values of the attributes, in UTF-8. */
  readonly bytes: number;
}

/** Keeps what is too large for the queue; resolves to where it lies. */
export type KeepElsewhere = (letterId: string, gzipped: Uint8Array) => Promise<S3Place>;

export interface S3Place {
  readonly bucket: string;
  readonly key: string;
}

const compress = promisify(gzip);

/**
 * The record as it is; above the limit gzipped; above that still, kept elsewhere.
 * @throws LetterTooLargeError
 */
export async function encodeLetter(
  letter: Letter,
  maxBytes: number,
  keepElsewhere: KeepElsewhere | undefined,
): Promise<EncodedLetter> {
  const plain = encode(letter, letter);
  if (plain.bytes <= maxBytes) return plain;

  const { record, ...rest } = letter;
  const gzipped = await compress(JSON.stringify(record));
  const small = encode(letter, { ...rest, recordGzip: gzipped.toString('base64') });
  if (small.bytes <= maxBytes) return small;

  if (keepElsewhere === undefined)
    throw new LetterTooLargeError(
      `letter ${letter.id} of route "${letter.route ?? ''}" has ${small.bytes} bytes with its record compressed, and the queue takes ` +
        `${maxBytes}. Give sqsDeadLetters a bucket: sqsDeadLetters({ bucket: 'name' }).`,
    );
  const pointing = encode(letter, { ...rest, recordS3: await keepElsewhere(letter.id, gzipped) });
  if (pointing.bytes <= maxBytes) return pointing;
  throw new LetterTooLargeError(
    `letter ${letter.id} of route "${letter.route ?? ''}" has ${pointing.bytes} bytes without its record, and the queue takes ` +
      `${maxBytes}: is the message of the error that large?`,
  );
}

function encode(letter: Letter, content: object): EncodedLetter {
  const body = toMessageText(content);
  const attributes = letterAttributes(letter);
  const attributeBytes = Object.entries(attributes)
    .map(([name, value]) => Buffer.byteLength(name) + 'String'.length + Buffer.byteLength(value))
    .reduce((sum, bytes) => sum + bytes, 0);
  return { id: letter.id, body, attributes, bytes: Buffer.byteLength(body) + attributeBytes };
}

/**
 * JSON in the characters that SQS accepts: U+FFFE and U+FFFF are the ones that JSON leaves as they are and SQS refuses.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const toMessageText = (content: object): string =>
  JSON.stringify(content).replaceAll(/[\uFFFE\uFFFF]/g, (character) =>
    character === '\uFFFE' ? '\\ufffe' : '\\uffff',
  );
