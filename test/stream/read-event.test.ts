import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidEventError } from '../../src/errors.ts';
import { readEvent } from '../../src/stream/read-event.ts';
import { insertRecord, removeRecord, streamEvent } from '../../src/testing/index.ts';

/** The message with which an event is refused; fails the test if it is not. */
function refusal(event: unknown): string {
  try {
    readEvent(event);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidEventError);
    return (error as InvalidEventError).message;
  }
  return expect.unreachable('it was read');
}

const good = (sequenceNumber?: string) =>
  insertRecord({ id: 'a' }, sequenceNumber === undefined ? {} : { sequenceNumber });

const sqs = {
  Records: [
    {
      messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
      receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
      body: 'secret body',
      attributes: {},
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:queue',
      awsRegion: 'us-east-1',
    },
  ],
};
const kinesis = {
  Records: [
    {
      kinesis: { partitionKey: 'k', sequenceNumber: '495903382', data: 'c2VjcmV0' },
      eventSource: 'aws:kinesis',
      eventID: 'shardId-000000000006:495903382',
    },
  ],
};
const sns = {
  Records: [{ EventVersion: '1.0', EventSource: 'aws:sns', Sns: { Message: 'secret message' } }],
};
const apiGateway = {
  version: '2.0',
  routeKey: 'POST /orders',
  rawPath: '/orders',
  headers: { authorization: 'secret token' },
  requestContext: { http: { method: 'POST' } },
  body: 'secret body',
};
const window = {
  Records: [good()],
  window: { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:05:00Z' },
  state: {},
  shardId: 'shardId-1',
  eventSourceARN: 'arn:aws:dynamodb:us-east-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000',
  isFinalInvokeForWindow: false,
  isWindowTerminatedEarly: false,
};
const withNumber = (SequenceNumber: unknown) => ({
  ...good(),
  dynamodb: { ...good().dynamodb, SequenceNumber },
});

describe("Lambda's event", () => {
  it('gives its records, as they are and in their order', () => {
    const records = [good(), removeRecord({ id: 'b' }), good()];
    expect(readEvent(streamEvent(...records))).toEqual(records);
  });

  it('may be empty', () => {
    expect(readEvent({ Records: [] })).toEqual([]);
  });

  it('may name sequence numbers of 1 to 40 digits', () => {
    for (const number of ['1', '100000000000000000000', '9'.repeat(40)])
      expect(readEvent(streamEvent(good(number)))).toHaveLength(1);
  });

  it.each([
    ['nothing', undefined, 'a value of type undefined came'],
    ['null', null, 'null came'],
    ['a text', 'Records', 'a value of type string came'],
    ['a number', 7, 'a value of type number came'],
    ['an array', [good()], 'an array came'],
    ['an empty object', {}, 'an empty object came'],
    [
      'an event of API Gateway',
      apiGateway,
      'an object with the fields version, routeKey, rawPath, headers, requestContext came',
    ],
    ['records that are no list', { Records: { 0: good() } }, 'an object with the fields Records came'],
    ['records that are null', { Records: null }, 'an object with the fields Records came'],
    ['an event of SQS', sqs, 'record 0 is not of a DynamoDB stream: its event source is aws:sqs.'],
    [
      'an event of Kinesis',
      kinesis,
      'record 0 is not of a DynamoDB stream: its event source is aws:kinesis.',
    ],
    ['an event of SNS', sns, 'record 0 is not of a DynamoDB stream: its event source is aws:sns.'],
    [
      'a record that is null',
      { Records: [good(), null] },
      'record 1 is not of a DynamoDB stream: its event source is not told.',
    ],
    ['a record that is an array', { Records: [[good()]] }, 'its event source is not told.'],
    [
      'a record without a source',
      { Records: [{ ...good(), eventSource: undefined }] },
      'its event source is not told.',
    ],
    [
      'a source that is no text',
      { Records: [{ ...good(), eventSource: ['aws:dynamodb'] }] },
      'its event source is not told.',
    ],
    [
      'a source that is a whole letter',
      { Records: [{ ...good(), eventSource: 'secret '.repeat(50) }] },
      'its event source is not told.',
    ],
    ['a tumbling window', window, 'tumbling window'],
    ['a window without records', { ...window, Records: [] }, 'tumbling window'],
    [
      'a record without "dynamodb"',
      { Records: [good(), { ...good(), dynamodb: undefined }] },
      'record 1 (event id',
    ],
    ['a "dynamodb" that is a list', { Records: [{ ...good(), dynamodb: [] }] }, 'no dynamodb.SequenceNumber'],
    [
      'a record without a sequence number',
      { Records: [withNumber(undefined)] },
      'no dynamodb.SequenceNumber',
    ],
    ['an empty sequence number', { Records: [withNumber('')] }, 'no dynamodb.SequenceNumber'],
    ['a sequence number that is a number', { Records: [withNumber(111)] }, 'no dynamodb.SequenceNumber'],
    ['a sequence number with a sign', { Records: [withNumber('-1')] }, 'no dynamodb.SequenceNumber'],
    ['a sequence number in hex', { Records: [withNumber('0x1f')] }, 'no dynamodb.SequenceNumber'],
    [
      'a sequence number of 41 digits',
      { Records: [withNumber('1'.repeat(41))] },
      'no dynamodb.SequenceNumber',
    ],
    ['a sequence number that ends a line', { Records: [withNumber('1\n')] }, 'no dynamodb.SequenceNumber'],
  ] as const)('Promise 8: is refused if it is %s', (_, event, told) => {
    const message = refusal(event);
    expect(message).toContain(told);
    expect(message).not.toContain('secret');
  });

  it('Promise 8: tells which record has no sequence number, by its event id', () => {
    const record = { ...withNumber(undefined), eventID: 'c9fbe7d0261a5163fcb6940593e41797' };
    expect(refusal({ Records: [good(), record] })).toContain(
      'record 1 (event id c9fbe7d0261a5163fcb6940593e41797) has no dynamodb.SequenceNumber',
    );
  });

  it('Promise 8: whatever comes in place of an event is read as a whole or refused as an invalid event', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          fc.array(fc.anything()).map((Records) => ({ Records })),
        ),
        (event) => {
          let records;
          try {
            records = readEvent(event);
          } catch (error) {
            expect(error).toBeInstanceOf(InvalidEventError);
            return;
          }
          expect(records).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
