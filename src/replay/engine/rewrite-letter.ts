import { encodeLetter } from '../../dead-letter/encode-letter.ts';
import type { Letter } from '../../dead-letter/letter.ts';
import { letterAttributes } from '../../dead-letter/letter.ts';
import type { ReplayResult } from '../../reporting/replay-protocol.ts';
import type { LetterPiece } from './piece.ts';
import type { OutgoingMessage } from '../queue/queue.ts';

/** The largest message of SQS. */
const largestBytes = 1_048_576;

/**
 * The letter as it is after another failure: its attempts added up and the latest error, for the same work under the same
 * id. A record in S3 stays where it is.
 * @throws LetterTooLargeError
 */
export async function rewriteLetter(
  { letter, recordS3, attributes }: Omit<LetterPiece, 'kind'>,
  { attempts, error }: Pick<ReplayResult, 'attempts' | 'error'>,
): Promise<OutgoingMessage> {
  const again: Letter = { ...letter, attempts: letter.attempts + attempts, error: error ?? letter.error };
  const body =
    recordS3 === undefined
      ? (await encodeLetter(again, largestBytes, undefined)).body
      : acceptable(JSON.stringify({ ...again, record: undefined, recordS3 }));
  return { body, attributes: { ...attributes, ...letterAttributes(again) } };
}

/** SQS refuses these two characters as they are, and JSON does not escape them. */
const acceptable = (json: string): string =>
  json.replaceAll('\uFFFE', '\\ufffe').replaceAll('\uFFFF', '\\uffff');
