import type { FetchElsewhere } from '../../dead-letter/decode-letter.ts';
import { letterIn, parseMessage } from '../../dead-letter/decode-letter.ts';
import type { S3Place } from '../../dead-letter/encode-letter.ts';
import { InvalidLetterError, ReplayError } from '../../errors.ts';
import { isA, safeNameOf } from '../../processing/thrown.ts';
import { readEvent } from '../../stream/read-event.ts';
import { isObject } from '../../stream/record.ts';
import { foreignTraits } from './foreign-traits.ts';
import type { Found } from './found.ts';
import { looksLikePointer, readPointer } from './pointer.ts';
import { isFromS3, messageInSns, objectInNotification } from './read-notification.ts';
import type { ReadMessage } from '../engine/run-options.ts';

export interface MessageReaderParts {
  /** Reads an object of S3 as it lies there: the records of large letters, and what Lambda writes into a bucket. */
  readonly fetchObject?: FetchElsewhere;
}

/** A message of SQS has 1 MiB, an event of Lambda 6 MB, which is more where its quotation marks are escaped. */
const longest = 32 * 1_048_576;

/**
 * Reads whatever can lie in a queue of dead letters: letters of Spillway, and what Lambda writes when it gives a batch up,
 * from a queue, from a topic or about a bucket. What is wrong with a message is said in `why`; nothing of it is quoted.
 */
export function createMessageReader({ fetchObject }: MessageReaderParts = {}): ReadMessage {
  const fetchElsewhere = fetchObject && tellingWhatToDo(fetchObject);

  const readContent = async (content: unknown, isUnwrapped: boolean): Promise<Found> => {
    if (!isObject(content)) return foreign('it is no letter: its body is JSON, but no object');
    if (Object.hasOwn(content, 'spillway')) {
      const letter = await letterIn(content, fetchElsewhere && { fetchElsewhere });
      if (!canBeRun(letter.record))
        return foreign('it is a letter whose record is of no DynamoDB stream; it was left as it is');
      return { kind: 'letter', letter };
    }
    if (looksLikePointer(content)) return { kind: 'pointer', pointer: readPointer(content) };
    if (Object.hasOwn(content, 'KinesisBatchInfo'))
      return foreign(
        'it is a pointer of Lambda to records of a Kinesis stream; Spillway reads DynamoDB streams',
      );
    const wrapped = messageInSns(content);
    if (wrapped !== undefined && !isUnwrapped) return readContent(parseBounded(wrapped), true);
    if (isFromS3(content)) return readObject(objectInNotification(content));
    return foreign('it is neither a letter of Spillway nor what Lambda writes when it gives a batch up');
  };

  const readObject = async (place: S3Place): Promise<Found> => {
    if (fetchElsewhere === undefined)
      return foreign('it tells of an object in S3, and no way to fetch it was given');
    const content = parseBounded(Buffer.from(await fetchElsewhere(place)).toString('utf8'));
    if (!isObject(content) || !looksLikePointer(content))
      return foreign('it tells of an object in S3 that is not what Lambda writes when it gives a batch up');
    return { kind: 'pointer', pointer: readPointer(content) };
  };

  return async ({ body, attributes = {} }) => {
    let content: unknown;
    try {
      content = parseBounded(body);
      return withTraits(await readContent(content, false), content, attributes);
    } catch (error) {
      return withTraits(foreign(whyOf(error)), content, attributes);
    }
  };
}

const foreign = (why: string): Found => ({ kind: 'foreign', why });

const whyOf = (error: unknown): string =>
  isA(error, InvalidLetterError) || isA(error, ReplayError)
    ? error.message
    : `it cannot be read (${safeNameOf(error)}); it was left as it is`;

const withTraits = (found: Found, content: unknown, attributes: Readonly<Record<string, string>>): Found =>
  found.kind === 'foreign' && isObject(content) && Object.hasOwn(content, 'spillway')
    ? { ...found, traits: foreignTraits(content, attributes) }
    : found;

function parseBounded(text: string): unknown {
  if (text.length > longest)
    throw new InvalidLetterError(`it has more than ${longest} characters, which no dead letter has`);
  return parseMessage(text);
}

/** A handler refuses the whole event for one record that is not of a stream: such a one must not get among others. */
function canBeRun(record: unknown): boolean {
  try {
    readEvent({ Records: [record] });
    return true;
  } catch {
    return false;
  }
}

/** What S3 says about an object is no judgement on the message. */
const tellingWhatToDo =
  (fetchObject: FetchElsewhere): FetchElsewhere =>
  async (place) => {
    try {
      return await fetchObject(place);
    } catch (cause) {
      if (isA(cause, ReplayError)) throw cause;
      throw new ReplayError(
        'what S3 holds of it could not be fetched; try again, and see that you may s3:GetObject it',
        { cause },
      );
    }
  };
