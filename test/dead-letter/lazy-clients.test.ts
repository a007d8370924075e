import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeLetter } from '../../src/dead-letter/decode-letter.ts';
import { fetchFromS3 } from '../../src/dead-letter/s3-records.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { clientConfig, makeQueue, sqsClient, takeMessages } from './queues.ts';

interface Report {
  readonly steps: Readonly<Record<string, readonly string[]>>;
  readonly readOnImport: readonly string[];
  readonly resourcesAfterImport: readonly string[];
  readonly responses: readonly unknown[];
}

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

describe("the AWS SDK's clients for letters", () => {
  it('are loaded no sooner than they are needed, and find the queue and the bucket by themselves', async () => {
    const sqs = sqsClient(stack);
    const endpoint = stack.environment.AWS_ENDPOINT_URL_S3;
    const s3 = new S3Client({ ...clientConfig(stack), endpoint, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'letters' }));
    const queueUrl = await makeQueue(sqs, 'letters');

    const program = new URL('programs/first-letter.ts', import.meta.url).pathname;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--conditions=spillway-source', program],
      {
        env: {
          ...stack.environment,
          // No name server knows the host that the local queue has in its URL.
          SPILLWAY_DLQ_URL: new URL(new URL(queueUrl).pathname, stack.environment.AWS_ENDPOINT_URL_SQS).href,
        },
      },
    );
    const report = JSON.parse(stdout) as Report;
    expect(report).toEqual({
      steps: {
        // Not later: in a bundle, what is loaded later costs each start more (docs/performance.md, "Cold start").
        import: ['client-sqs'],
        createHandler: ['client-sqs'],
        'a record without a letter': ['client-sqs'],
        'the first letter': ['client-sqs'],
        'the first letter that is too large': ['client-s3', 'client-sqs'],
      },
      readOnImport: [],
      resourcesAfterImport: [],
      responses: [{ batchItemFailures: [] }, { batchItemFailures: [] }],
    });

    const messages = await takeMessages(sqs, queueUrl);
    const fetchElsewhere = fetchFromS3({ client: s3 });
    const letters = await Promise.all(
      messages.map(({ Body = '' }) => decodeLetter(Body, { fetchElsewhere })),
    );
    expect(letters.map(({ route, consumer }) => [consumer, route])).toEqual([
      ['test-function', 'fail'],
      ['test-function', 'fail'],
    ]);
    sqs.destroy();
    s3.destroy();
  });
});
