/**
 * What Lambda writes to an on-failure destination when it gives a batch up: where the records are, not the records.
 * They must be fetched from the stream while it still holds them (24 hours).
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export interface OnFailurePointer {
  readonly requestContext: {
    /** The request id of the last invocation. */
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: 'RetryAttemptsExhausted';
    /** Invocations since the checkpoint last moved. */
    readonly approximateInvokeCount: number;
  };
  readonly responseContext: {
    readonly statusCode: 200;
    readonly executedVersion: '$LATEST';
    /** null when the function answered, but never without the first record among its failures. */
    readonly functionError: 'Unhandled' | null;
  };
  readonly version: '1.0';
  /** ISO 8601 with milliseconds. */
  readonly timestamp: string;
  readonly DDBStreamBatchInfo: {
    readonly shardId: string;
    readonly startSequenceNumber: string;
    readonly endSequenceNumber: string;
    /** ISO 8601 to the second. */
    readonly approximateArrivalOfFirstRecord: string;
    /** ISO 8601 to the second. */
    readonly approximateArrivalOfLastRecord: string;
    readonly batchSize: number;
    readonly streamArn: string;
  };
}

/** A record of the batch that was given up. */
export interface GivenUpRecord {
  readonly sequenceNumber: string;
  readonly arrivedAt: Date;
}

export interface GivenUpBatch {
  readonly requestId: string;
  readonly functionArn: string;
  readonly invocations: number;
  readonly functionError: 'Unhandled' | null;
  readonly givenUpAt: Date;
  readonly shardId: string;
  readonly streamArn: string;
  readonly first: GivenUpRecord;
  readonly last: GivenUpRecord;
  readonly batchSize: number;
}

export const onFailurePointer = (batch: GivenUpBatch): OnFailurePointer => ({
  requestContext: {
    requestId: batch.requestId,
    functionArn: batch.functionArn,
    condition: 'RetryAttemptsExhausted',
    approximateInvokeCount: batch.invocations,
  },
  responseContext: {
    statusCode: 200,
    executedVersion: '$LATEST',
    functionError: batch.functionError,
  },
  version: '1.0',
  timestamp: batch.givenUpAt.toISOString(),
  DDBStreamBatchInfo: {
    shardId: batch.shardId,
    startSequenceNumber: batch.first.sequenceNumber,
    endSequenceNumber: batch.last.sequenceNumber,
    approximateArrivalOfFirstRecord: toTheSecond(batch.first.arrivedAt),
    approximateArrivalOfLastRecord: toTheSecond(batch.last.arrivedAt),
    batchSize: batch.batchSize,
    streamArn: batch.streamArn,
  },
});

const toTheSecond = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
