import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';
import { sqsDeadLetters } from '../../src/dead-letter/sqs-dead-letters.ts';
import { simpleLetter } from './letters.ts';

afterEach(() => vi.unstubAllEnvs());

interface Sent {
  readonly Entries: readonly { readonly Id: string; readonly MessageBody: string }[];
}

/** Answers each request but the first one, which it lets hang. */
async function serveSilentQueue() {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    if (requests === 1) return;
    void text(request).then((body) => {
      const Successful = (JSON.parse(body) as Sent).Entries.map(({ Id, MessageBody }) => ({
        Id,
        MessageId: Id,
        MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
      }));
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      response.end(JSON.stringify({ Successful, Failed: [] }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('a request that SQS does not answer is given up after some seconds, and the letter sent again', async () => {
  const url = await serveSilentQueue();
  vi.stubEnv('AWS_ENDPOINT_URL_SQS', url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'x');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'x');
  const deadLetters = sqsDeadLetters({ queueUrl: `${url}/123456789012/letters` });
  await expect(deadLetters.send(simpleLetter())).resolves.toBeUndefined();
}, 12_000);
