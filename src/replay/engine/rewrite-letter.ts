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
 * id. A record in S3 that is too large for a message stays where it is.
 * @throws LetterTooLargeError
 */
export async function rewriteLetter(
  { letter, recordS3, attributes, rawAttributes = {} }: Omit<LetterPiece, 'kind'>,
  { attempts, error }: Pick<ReplayResult, 'attempts' | 'error'>,
): Promise<OutgoingMessage> {
  const again: Letter = { ...letter, attempts: letter.attempts + attempts, error: error ?? letter.error };
  const where = recordS3 && (() => Promise.resolve(recordS3));
  const { body } = await encodeLetter(again, largestBytes, where);
  const own = letterAttributes(again);
  const raw = Object.entries(rawAttributes).filter(([name]) => !Object.hasOwn(own, name));
  return {
    body,
    attributes: { ...attributes, ...own },
    ...(raw.length > 0 && { rawAttributes: Object.fromEntries(raw) }),
  };
}
