import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import { maximumPayloadBytes } from '../function/invocation.ts';

export interface QueueIdentity {
  readonly queueArn: string;
  readonly region: string;
}

/**
 * A message as Lambda hands it over.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export const queueRecord = (message: Message, { queueArn, region }: QueueIdentity): SQSRecord => ({
  messageId: message.MessageId ?? '',
  receiptHandle: message.ReceiptHandle ?? '',
  body: message.Body ?? '',
  // SQS gives all that Lambda asks for; the types name some that are always there.
  attributes: (message.Attributes ?? {}) as unknown as SQSRecord['attributes'],
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, attribute(value)]),
  ),
  md5OfBody: message.MD5OfBody ?? '',
  ...(message.MD5OfMessageAttributes !== undefined && {
    md5OfMessageAttributes: message.MD5OfMessageAttributes,
  }),
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: region,
});

const attribute = ({
  StringValue,
  BinaryValue,
  DataType = '',
}: MessageAttributeValue): SQSMessageAttribute => ({
  ...(StringValue !== undefined && { stringValue: StringValue }),
  ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
  stringListValues: [],
  binaryListValues: [],
  dataType: DataType,
});

/** What a filter sees: a body that is JSON can be looked into.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html */
export function forFilter(record: SQSRecord): unknown {
  try {
    const body: unknown = JSON.parse(record.body);
    return typeof body === 'object' && body !== null ? { ...record, body } : record;
  } catch {
    return record;
  }
}

/** Cuts records into batches whose event is not above 6 MB, the most that Lambda hands over. */
export function cutBySize(records: readonly SQSRecord[]): readonly (readonly SQSRecord[])[] {
  const batches: SQSRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    const size = Buffer.byteLength(JSON.stringify(record)) + 1;
    bytes += size;
    if (bytes > maximumPayloadBytes) {
      batches.push([]);
      bytes = size + '{"Records":[]}'.length;
    }
    batches.at(-1)?.push(record);
  }
  return batches;
}
