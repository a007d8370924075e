import type { BatchStatementError } from '@aws-sdk/client-dynamodb';

/** What one statement or item of a request failed with, in the shape that the SDK gives to the errors of a request. */
export class StatementError extends Error {
  override readonly name: string;
  readonly $fault: 'client' | 'server';

  constructor(name: string, message: string, $fault: 'client' | 'server') {
    super(message);
    this.name = name;
    this.$fault = $fault;
  }
}

/** The names that the SDK has for the same errors of a whole request. */
const namesOf: Readonly<Record<string, string>> = {
  ProvisionedThroughputExceeded: 'ProvisionedThroughputExceededException',
  ThrottlingError: 'ThrottlingException',
  RequestLimitExceeded: 'RequestLimitExceeded',
  // Another request is writing to the entry: over in a moment.
  TransactionConflict: 'ThrottlingException',
  ResourceNotFound: 'ResourceNotFoundException',
  AccessDenied: 'AccessDeniedException',
  ValidationError: 'ValidationException',
};

/**
 * The message of AWS may hold a value and is left out.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementError.html
 */
export function statementError({ Code = 'InternalServerError' }: BatchStatementError): StatementError {
  const message = `a statement was answered with ${Code}`;
  return new StatementError(
    namesOf[Code] ?? Code,
    message,
    Code === 'InternalServerError' ? 'server' : 'client',
  );
}

export const notProcessed = (): StatementError =>
  new StatementError(
    'ProvisionedThroughputExceededException',
    'a part of a batch was not processed, which is how DynamoDB throttles it',
    'client',
  );
