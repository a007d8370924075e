import {
  DynamoDBStreamsServiceException,
  ExpiredIteratorException,
  InternalServerError,
  LimitExceededException,
  ResourceNotFoundException,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it } from 'vitest';
import { judgeError } from '../../../src/cli/tail/judge-error.ts';

const facts = { message: 'no', $metadata: { httpStatusCode: 400 } };
const refused = (name: string) => new DynamoDBStreamsServiceException({ ...facts, name, $fault: 'client' });

describe('an error of the mapping', () => {
  it.each([
    ['expired keys', refused('ExpiredTokenException'), 'final'],
    ['keys that are none', refused('UnrecognizedClientException'), 'final'],
    ['a missing permission', refused('AccessDeniedException'), 'final'],
    ['throttling', refused('ThrottlingException'), 'passing'],
    ['a limit', new LimitExceededException(facts), 'passing'],
    ['an expired iterator', new ExpiredIteratorException(facts), 'passing'],
    ['records that are too old', new TrimmedDataAccessException(facts), 'passing'],
    ['a failure of AWS', new InternalServerError(facts), 'passing'],
    ['the network', Object.assign(new Error('no'), { code: 'ECONNREFUSED' }), 'passing'],
    ['a stream or shard that is not there', new ResourceNotFoundException(facts), 'not-found'],
    ['nothing underneath', undefined, 'passing'],
  ])('because of %s is judged', (_, cause, verdict) => {
    expect(judgeError(new Error('reading failed', { cause }))).toBe(verdict);
  });
});
