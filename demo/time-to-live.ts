import type { DynamoDBRecord } from 'aws-lambda';
import type { LambdaFunction } from 'spillway/local';

/**
 * dynoxide takes note of a time to live and deletes nothing, so the demo deletes expired items itself and gives the
 * records of these deletions the mark that DynamoDB gives them.
 */
export const withTimeToLive =
  (invoke: LambdaFunction): LambdaFunction =>
  (event, context) =>
    invoke({ Records: event.Records.map((record) => (isExpiry(record) ? marked(record) : record)) }, context);

const marked = (record: DynamoDBRecord): DynamoDBRecord => ({
  ...record,
  userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
});

function isExpiry({ eventName, dynamodb }: DynamoDBRecord): boolean {
  const expiresAt = dynamodb?.OldImage?.['expiresAt']?.N;
  const deletedAt = dynamodb?.ApproximateCreationDateTime;
  return (
    eventName === 'REMOVE' &&
    expiresAt !== undefined &&
    deletedAt !== undefined &&
    Number(expiresAt) <= deletedAt
  );
}
