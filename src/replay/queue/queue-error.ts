import { ReplayError } from '../../errors.ts';
import { isA, property } from '../../processing/thrown.ts';

/** What SQS, or the way to it, said to an operation, in words that say what to do. */
export function queueError(queueUrl: string, action: string, cause: unknown): ReplayError {
  const { httpStatusCode } = (property(cause, '$metadata') ?? {}) as { readonly httpStatusCode?: unknown };
  return new ReplayError(`the queue ${queueUrl} ${remedyFor(httpStatusCode, action, cause)}`, { cause });
}

export const interrupted = (queueUrl: string, cause: unknown): ReplayError =>
  new ReplayError(`the queue ${queueUrl} was asked, and the answer not waited for: it was interrupted`, {
    cause,
  });

/** How SQS, or the key by which a queue is encrypted, refuses where it does not answer with a status of 403. */
const refusals: readonly unknown[] = ['AccessDenied', 'AccessDeniedException', 'KmsAccessDenied'];

/** Whether it is the credentials that were refused, so that the next request would be too. */
export function isRefusal(error: unknown): error is ReplayError {
  const cause = property(error, 'cause');
  const status = property(property(cause, '$metadata'), 'httpStatusCode');
  return isA(error, ReplayError) && (status === 403 || refusals.includes(property(cause, 'name')));
}

/** The names of a missing queue, in SQS's two protocols.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html */
const noSuchQueue: readonly unknown[] = ['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue'];

function remedyFor(status: unknown, action: string, cause: unknown): string {
  if (noSuchQueue.includes(property(cause, 'name')) || property(cause, 'Code') === noSuchQueue[1])
    return 'does not exist. Is the URL right, with its region and account?';
  if (status === 403 || refusals.includes(property(cause, 'name')))
    return `may not be used with these credentials: ${action} was refused. Allow it, and its key's kms:Decrypt if it is encrypted.`;
  if (status === undefined)
    return `gave no answer to ${action}. Is it reachable from here, with credentials and a region?`;
  return `refused ${action} (status ${typeof status === 'number' ? status : '?'}). What SQS said is the error's cause.`;
}
