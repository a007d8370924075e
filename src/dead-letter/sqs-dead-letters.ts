import { SQSClient } from '@aws-sdk/client-sqs';
import { fromEnvironmentAtInit, missing } from '../environment.ts';
import { InvalidOptionError } from '../errors.ts';
import { requestTimeouts } from '../idempotency/request-timeouts.ts';
import { checkNames, checkNumber, shown } from '../routing/check-option.ts';
import { createBatcher } from './batcher.ts';
import type { EncodedLetter } from './encode-letter.ts';
import { encodeLetter } from './encode-letter.ts';
import type { FifoPlace } from './fifo.ts';
import { fifoPlaceOf } from './fifo.ts';
import type { DeadLetters } from './letter.ts';
import type { AnyS3Client } from './s3-records.ts';
import { keepInS3 } from './s3-records.ts';
import { sendBatch } from './send-batch.ts';

/** The largest message of SQS, and the largest batch, since August 2025.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const largestMessageBytes = 1_048_576;

export interface SqsDeadLettersOptions {
  /** The queue; one whose URL ends in `.fifo` gets groups (the item) and de-duplication ids (the letter). Default: `SPILLWAY_DLQ_URL`. */
  readonly queueUrl?: string;
  /**
   * A client of your own. Default: one made, with the first letter, with the function's region and credentials, which gives a
   * request 5 seconds. Give yours a `requestTimeout` too: the SDK's default is to wait for ever.
   */
  readonly client?: SQSClient;
  /** The queue's `MaximumMessageSize`, if it is below SQS's own limit. 1,024 to 1,048,576 bytes, default 1,048,576. */
  readonly maxMessageBytes?: number;
  /** Where records go whose letters are too large for the queue, compressed too. Needs `@aws-sdk/client-s3`. Default: nowhere, the record fails. */
  readonly bucket?: string;
  /** Before the keys in the bucket. Default `spillway/`. */
  readonly keyPrefix?: string;
  /** A client of your own for the bucket. */
  readonly s3Client?: AnyS3Client;
}

/** A letter on its way, and what a FIFO queue wants to know of it. */
export interface Outgoing {
  readonly encoded: EncodedLetter;
  readonly fifo: FifoPlace | undefined;
}

/**
 * Dead letters in an SQS queue. Letters that are to be sent at the same time share a request, up to ten and up to the
 * byte limit. A client is made with the first letter.
 * @throws InvalidOptionError
 * @throws MissingEnvironmentError on Lambda, if no queue is named and `SPILLWAY_DLQ_URL` is not set
 */
export function sqsDeadLetters(options: SqsDeadLettersOptions = {}): DeadLetters {
  const {
    client,
    maxMessageBytes = largestMessageBytes,
    bucket,
    keyPrefix = 'spillway/',
    s3Client,
  } = options;
  checkOptions(options);
  checkUrl('sqsDeadLetters: "queueUrl"', options.queueUrl);
  const queueUrl = options.queueUrl ?? fromEnvironmentAtInit('SPILLWAY_DLQ_URL', remedy);
  checkUrl('the environment variable SPILLWAY_DLQ_URL', queueUrl);
  let made = client;
  const sqs = (): SQSClient => (made ??= new SQSClient({ requestHandler: requestTimeouts }));

  const batcher = createBatcher<Outgoing>({
    maxCount: 10,
    maxBytes: largestMessageBytes,
    bytesOf: ({ encoded }) => encoded.bytes,
    send: (batch) => sendBatch(sqs(), requireQueue(queueUrl), batch),
  });
  const keep = bucket === undefined ? undefined : keepInS3({ bucket, keyPrefix, client: s3Client });
  return {
    sqs: {
      ...(options.queueUrl !== undefined && { queueUrl: options.queueUrl }),
      ...(bucket !== undefined && { bucket, keyPrefix }),
    },
    async send(letter) {
      const url = requireQueue(queueUrl);
      const encoded = await encodeLetter(letter, maxMessageBytes, keep);
      await batcher.add({ encoded, fifo: url.endsWith('.fifo') ? fifoPlaceOf(letter) : undefined });
    },
  };
}

const remedy =
  'Set it to the URL of the dead-letter queue, or write createHandler(router, { deadLetters: sqsDeadLetters({ queueUrl }) }).';

function requireQueue(queueUrl: string | undefined): string {
  if (queueUrl === undefined) throw missing('SPILLWAY_DLQ_URL', remedy);
  return queueUrl;
}

const optionNames = ['queueUrl', 'client', 'maxMessageBytes', 'bucket', 'keyPrefix', 's3Client'];

function checkOptions(options: SqsDeadLettersOptions): void {
  checkNames('sqsDeadLetters', options, optionNames);
  for (const name of ['bucket', 'keyPrefix'] as const) {
    const value: unknown = options[name];
    if (value !== undefined && (typeof value !== 'string' || (value === '' && name === 'bucket')))
      throw new InvalidOptionError(
        `sqsDeadLetters: "${name}" must be a string that is not empty, got ${shown(value)}`,
      );
  }
  checkNumber('sqsDeadLetters: "maxMessageBytes"', options.maxMessageBytes, {
    least: 1_024,
    most: largestMessageBytes,
    whole: true,
  });
}

function checkUrl(source: string, url: unknown): void {
  if (url === undefined || (typeof url === 'string' && /^https?:\/\/./.test(url))) return;
  throw new InvalidOptionError(
    `${source} must be the URL of a queue, not its name or ARN: https://sqs.REGION.amazonaws.com/ACCOUNT/NAME, got ${shown(url)}`,
  );
}
