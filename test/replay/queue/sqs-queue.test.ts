import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReplayError } from '../../../src/errors.ts';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import type { Queue } from '../../../src/replay/queue/queue.ts';
import { sqsQueue } from '../../../src/replay/queue/sqs-queue.ts';
import { makeQueue, sqsClient } from '../../dead-letter/queues.ts';

let stack: LocalStack;
let client: SQSClient;

beforeAll(async () => {
  stack = await startLocalStack();
  client = sqsClient(stack);
});
afterAll(async () => {
  client.destroy();
  await stack.stop();
});

const open = async (name: string): Promise<Queue> =>
  sqsQueue({ queueUrl: await makeQueue(client, name), client });
const held = { visibilitySeconds: 60, waitSeconds: 0 };

async function receiveAll(queue: Queue) {
  const messages = [];
  for (;;) {
    const some = await queue.receive(held);
    if (some.length === 0) return messages;
    messages.push(...some);
  }
}

describe('a queue of SQS', () => {
  it('gives back what was sent, with all that SQS says of it', async () => {
    const queue = await open('all');
    await queue.send({ body: 'a letter', attributes: { route: 'tell-customer' } });
    const [message] = await queue.receive(held);
    expect(message).toMatchObject({
      body: 'a letter',
      attributes: { route: 'tell-customer' },
      receiveCount: 1,
      groupId: undefined,
    });
    expect(message?.id).not.toBe('');
    expect(Math.abs((message?.sentAtMs ?? 0) - Date.now())).toBeLessThan(600_000);
  });

  it('gives numbers and bytes among the attributes back as they were sent', async () => {
    const queue = await open('attributes');
    const rawAttributes = {
      count: { type: 'Number', value: '12.50' },
      trace: { type: 'Binary', value: Buffer.from([0, 255, 10]).toString('base64') },
    };
    await queue.send({ body: 'a letter', attributes: { route: 'tell-customer' }, rawAttributes });
    const [message] = await queue.receive(held);
    expect(message?.rawAttributes).toEqual(rawAttributes);
    expect(message?.attributes).toEqual({ route: 'tell-customer', count: '12.50' });
  });

  it('does not wait for an answer when it is told not to', async () => {
    const server = createServer(() => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const silent = new SQSClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'a' },
    });
    const queue = sqsQueue({ queueUrl: `http://127.0.0.1:${port}/000000000000/x`, client: silent });
    const controller = new AbortController();
    const asked = queue.facts(controller.signal);
    const received = queue.receive({ ...held, signal: controller.signal });
    await once(server, 'connection');
    controller.abort();
    await expect(asked).rejects.toThrow(/it was interrupted/);
    expect(await received).toEqual([]);
    silent.destroy();
    server.close();
  });

  it('tells the group of a message of a FIFO queue, and gives no more of it before that is deleted', async () => {
    const queue = await open('groups.fifo');
    expect(queue.isFifo).toBe(true);
    const fifo = (deduplicationId: string) => ({ groupId: 'item', deduplicationId });
    await queue.send({ body: 'first', attributes: {}, fifo: fifo('1') });
    const [first] = await queue.receive(held);
    expect(first?.groupId).toBe('item');
    await queue.send({ body: 'second', attributes: {}, fifo: fifo('2') });
    expect(await queue.receive(held)).toEqual([]);
    await queue.delete([first?.receipt ?? '']);
    expect((await queue.receive(held)).map(({ body }) => body)).toEqual(['second']);
  });

  it('deletes and gives back any number, and tells apart what SQS does not take', async () => {
    const queue = await open('many');
    await Promise.all(
      Array.from({ length: 37 }, (_, index) => queue.send({ body: String(index), attributes: {} })),
    );
    const receipts = (await receiveAll(queue)).map(({ receipt }) => receipt);
    expect(receipts).toHaveLength(37);
    expect(await queue.facts()).toMatchObject({ visible: 0, inFlight: 37, delayed: 0 });

    expect(await queue.delete(receipts.slice(0, 15))).toEqual([]);
    expect(await queue.keep([...receipts.slice(15), 'no receipt'], 0)).toEqual(['no receipt']);
    expect(await queue.facts()).toMatchObject({ visible: 22, inFlight: 0 });
  });

  it('takes what is in neither list of an answer for not taken', async () => {
    const answering = {
      send: () => Promise.resolve({ Successful: [{ Id: '1' }], Failed: [{ Id: '0' }] }),
    } as unknown as SQSClient;
    const queue = sqsQueue({
      queueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/dlq',
      client: answering,
    });
    expect(await queue.delete(['a', 'b', 'c'])).toEqual(['a', 'c']);
  });

  it('breaks a wait off when it is told to', async () => {
    const queue = await open('waiting');
    const controller = new AbortController();
    const received = queue.receive({ visibilitySeconds: 60, waitSeconds: 20, signal: controller.signal });
    controller.abort();
    expect(await received).toEqual([]);
  });

  it('says that there is no such queue', async () => {
    const queue = sqsQueue({ queueUrl: (await open('there')).url.replace('there', 'not-there'), client });
    const said = /not-there does not exist\. Is the URL right/;
    await expect(queue.facts()).rejects.toThrow(ReplayError);
    await expect(queue.facts()).rejects.toThrow(said);
    await expect(queue.receive(held)).rejects.toThrow(said);
    await expect(queue.send({ body: 'x', attributes: {} })).rejects.toThrow(said);
    await expect(queue.delete(['x'])).rejects.toThrow(said);
  });

  it.each([
    [
      Object.assign(new Error('no'), { $metadata: { httpStatusCode: 403 } }),
      'sqs:ReceiveMessage was refused. Allow it',
    ],
    [new Error('connect ECONNREFUSED'), 'gave no answer to sqs:ReceiveMessage'],
    [
      Object.assign(new Error('no'), { name: 'KmsAccessDenied', $metadata: { httpStatusCode: 400 } }),
      'sqs:ReceiveMessage was refused. Allow it',
    ],
    [
      Object.assign(new Error('no'), { $metadata: { httpStatusCode: 500 } }),
      'refused sqs:ReceiveMessage (status 500)',
    ],
  ])('says what to do about %j', async (cause, said) => {
    const failing = { send: () => Promise.reject(cause) } as unknown as SQSClient;
    const queue = sqsQueue({
      queueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/dlq',
      client: failing,
    });
    await expect(queue.receive(held)).rejects.toThrow(said);
  });
});
