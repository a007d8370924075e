import type { GivenUpBecause } from './decide-next.ts';

/**
 * What Lambda writes to an on-failure destination when it gives records up: where they are. SQS and SNS get no more than
 * this, so the records must be fetched from the stream while it still holds them (24 hours); a bucket gets them too.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export interface OnFailurePointer {
  readonly requestContext: {
    /** The request id of the last invocation; one of its own if there was none. */
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
    /** Invocations since the checkpoint last moved. */
    readonly approximateInvokeCount: number;
  };
  /** Not there if the records were given up for their age. */
  readonly responseContext?: {
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

/** A record of those that were given up. */
export interface GivenUpRecord {
  readonly sequenceNumber: string;
  readonly arrivedAt: Date;
}

export interface GivenUpBatch {
  readonly requestId: string;
  readonly functionArn: string;
  readonly invocations: number;
  readonly why: GivenUpBecause;
  readonly givenUpAt: Date;
  readonly shardId: string;
  readonly streamArn: string;
  readonly first: GivenUpRecord;
  readonly last: GivenUpRecord;
  readonly batchSize: number;
}

export const onFailurePointer = ({ why, ...batch }: GivenUpBatch): OnFailurePointer => ({
  requestContext: {
    requestId: batch.requestId,
    functionArn: batch.functionArn,
    condition: why.condition,
    approximateInvokeCount: batch.invocations,
  },
  ...(why.condition === 'RetryAttemptsExhausted' && {
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: why.functionError },
  }),
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
