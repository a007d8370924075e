import type { SQSClient } from '@aws-sdk/client-sqs';
import { CreateBucketCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeLetter } from '../../src/dead-letter/decode-letter.ts';
import { fetchFromS3 } from '../../src/dead-letter/s3-records.ts';
import { sqsDeadLetters } from '../../src/dead-letter/sqs-dead-letters.ts';
import { DeadLetterError, InvalidLetterError } from '../../src/errors.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { incompressibleLetter, simpleLetter } from './letters.ts';
import { clientConfig, makeQueue, sqsClient, takeMessages } from './queues.ts';

let stack: LocalStack;
let sqs: SQSClient;
let s3: S3Client;
beforeAll(async () => {
  stack = await startLocalStack();
  sqs = sqsClient(stack);
  const endpoint = stack.environment.AWS_ENDPOINT_URL_S3;
  s3 = new S3Client({ ...clientConfig(stack), endpoint, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: 'letters' }));
});
afterAll(async () => {
  sqs.destroy();
  s3.destroy();
  await stack.stop();
});

async function openQueue(name: string, options: Parameters<typeof sqsDeadLetters>[0] = {}) {
  const queueUrl = await makeQueue(sqs, name);
  const deadLetters = sqsDeadLetters({ queueUrl, client: sqs, s3Client: s3, bucket: 'letters', ...options });
  return {
    deadLetters,
    bodies: async () => (await takeMessages(sqs, queueUrl)).map(({ Body = '' }) => Body),
  };
}

describe('a letter that is too large for the queue, compressed too', () => {
  it('Promise 3: has its record in the bucket when `send` resolves, and is read from there', async () => {
    const { deadLetters, bodies } = await openQueue('large');
    const letter = incompressibleLetter(1_200_000);
    await deadLetters.send(letter);
    const [body = '', ...others] = await bodies();
    expect(others).toEqual([]);
    const key = `spillway/${letter.id}.json.gz`;
    const { recordS3, ...rest } = JSON.parse(body) as Record<string, unknown>;
    expect(recordS3).toEqual({ bucket: 'letters', key });
    expect({ ...rest, record: letter.record }).toEqual(letter);
    expect(await decodeLetter(body, { fetchElsewhere: fetchFromS3({ client: s3 }) })).toEqual(letter);
    const { ContentType } = await s3.send(new HeadObjectCommand({ Bucket: 'letters', Key: key }));
    expect(ContentType).toBe('application/gzip');
  });

  it('is kept under the prefix that was given, and a smaller one is not kept there at all', async () => {
    const { deadLetters, bodies } = await openQueue('prefix', {
      maxMessageBytes: 8_192,
      keyPrefix: 'dead/orders/',
    });
    const large = incompressibleLetter(20_000);
    await Promise.all([deadLetters.send(large), deadLetters.send(simpleLetter())]);
    const places = (await bodies()).map((body) => (JSON.parse(body) as { recordS3?: unknown }).recordS3);
    expect(places).toHaveLength(2);
    expect(places).toContainEqual({ bucket: 'letters', key: `dead/orders/${large.id}.json.gz` });
    expect(places).toContain(undefined);
  });

  it('Promise 3: fails, and is not in the queue, if the bucket does not take its record', async () => {
    const { deadLetters, bodies } = await openQueue('no-bucket', {
      bucket: 'nowhere',
      maxMessageBytes: 8_192,
    });
    const sent = deadLetters.send(incompressibleLetter(20_000));
    await expect(sent).rejects.toThrow(DeadLetterError);
    await expect(sent).rejects.toThrow(/the bucket "nowhere" could not be written to/);
    expect(await bodies()).toEqual([]);
  });

  it('is one object however often it is sent', async () => {
    const { deadLetters, bodies } = await openQueue('again', { maxMessageBytes: 8_192 });
    const letter = incompressibleLetter(20_000, 'again');
    await deadLetters.send(letter);
    await deadLetters.send({ ...letter, attempts: 1 });
    const places = (await bodies()).map((body) => (JSON.parse(body) as { recordS3?: unknown }).recordS3);
    expect(places).toEqual([places[0], places[0]]);
  });

  it('is refused as unreadable if something else lies where its record should', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'letters', Key: 'other', Body: 'no gzip' }));
    const recordS3 = { bucket: 'letters', key: 'other' };
    const body = JSON.stringify({ ...simpleLetter(), record: undefined, recordS3 });
    const read = decodeLetter(body, { fetchElsewhere: fetchFromS3({ client: s3 }) });
    await expect(read).rejects.toThrow(InvalidLetterError);
  });
});
