import {
  DynamoDBStreamsServiceException,
  ExpiredIteratorException,
  LimitExceededException,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { isThrottlingError, isTransientError } from '@smithy/core/retry';

/**
 * What an error of the mapping means for one who only looks on. `passing`: the mapping tries again, and may succeed, also
 * when the network or a login comes back. `not-found`: the stream, or only one of its shards. `final`: it is refused, for
 * expired keys or a missing permission, and would be the next time.
 */
export type ErrorVerdict = 'passing' | 'not-found' | 'final';

export function judgeError({ cause }: Error): ErrorVerdict {
  if (cause instanceof ResourceNotFoundException) return 'not-found';
  if (!(cause instanceof DynamoDBStreamsServiceException) || cause.$fault === 'server') return 'passing';
  const { name, message, $fault, $metadata, $retryable } = cause;
  const facts = { name, message, $fault, $metadata, ...($retryable && { $retryable }) };
  const isPassing =
    cause instanceof ExpiredIteratorException ||
    cause instanceof TrimmedDataAccessException ||
    cause instanceof LimitExceededException ||
    isThrottlingError(facts) ||
    isTransientError(facts);
  return isPassing ? 'passing' : 'final';
}
