import type { RawRecord } from '../../../src/stream/record.ts';
import { insertRecord, streamEvent } from '../../../src/testing/index.ts';

export const streamArn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000';
export const functionArn = 'arn:aws:lambda:us-east-1:123456789012:function:shop-orders';
export const numbers = ['100000000000000000001', '100000000000000000008', '1000000000000000000015'] as const;

/** Three records of one stream, whose sequence numbers differ in length. */
export const someRecords: readonly RawRecord[] = numbers.map((sequenceNumber, index) =>
  insertRecord({ pk: `order-${index}`, secret: 'classified' }, { sequenceNumber }),
);

export interface PointerParts {
  readonly request?: object;
  readonly batch?: object;
  readonly more?: object;
}

/** What Lambda writes for these records, with some of it otherwise. */
export const pointerBody = ({ request = {}, batch = {}, more = {} }: PointerParts = {}) => ({
  requestContext: {
    requestId: '316aa6d0-8154-4b2c-9af7-85d5f4a6bc81',
    functionArn,
    condition: 'RetryAttemptsExhausted',
    approximateInvokeCount: 4,
    ...request,
  },
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  version: '1.0',
  timestamp: '2026-01-02T03:04:05.678Z',
  DDBStreamBatchInfo: {
    shardId: 'shardId-00000001573689847184-864758bb',
    startSequenceNumber: numbers[0],
    endSequenceNumber: numbers[2],
    approximateArrivalOfFirstRecord: '2026-01-02T03:00:00Z',
    approximateArrivalOfLastRecord: '2026-01-02T03:01:00Z',
    batchSize: 3,
    streamArn,
    ...batch,
  },
  ...more,
});

/** What such a message is read as. */
export const pointerRead = {
  id: `316aa6d0-8154-4b2c-9af7-85d5f4a6bc81-${numbers[0]}-${numbers[2]}`,
  functionArn,
  functionName: 'shop-orders',
  condition: 'RetryAttemptsExhausted',
  invokeCount: 4,
  timestamp: '2026-01-02T03:04:05.678Z',
  streamArn,
  shardId: 'shardId-00000001573689847184-864758bb',
  first: numbers[0],
  last: numbers[2],
  batchSize: 3,
  firstArrivedAt: '2026-01-02T03:00:00Z',
  lastArrivedAt: '2026-01-02T03:01:00Z',
  records: undefined,
};

export const event = streamEvent(...someRecords);

/** A message as SNS puts it into a queue that has no raw delivery. */
export const inSns = (message: unknown) => ({
  Type: 'Notification',
  MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
  TopicArn: 'arn:aws:sns:us-east-1:123456789012:failures',
  Message: JSON.stringify(message),
  Timestamp: '2026-01-02T03:04:06.000Z',
  SignatureVersion: '1',
  Signature: 'x',
  SigningCertURL: 'https://sns.us-east-1.amazonaws.com/cert.pem',
  UnsubscribeURL: 'https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe',
});

/** One record of a notification of S3. */
export const written = (key: string, bucket = 'failures', eventName = 'ObjectCreated:Put') => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  awsRegion: 'us-east-1',
  eventTime: '2026-01-02T03:04:06.000Z',
  eventName,
  s3: {
    s3SchemaVersion: '1.0',
    bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
    object: { key, size: 1 },
  },
});
