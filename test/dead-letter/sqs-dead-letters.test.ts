import type { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeLetter } from '../../src/dead-letter/decode-letter.ts';
import type { Letter } from '../../src/dead-letter/letter.ts';
import { sqsDeadLetters } from '../../src/dead-letter/sqs-dead-letters.ts';
import {
  DeadLetterError,
  InvalidOptionError,
  LetterTooLargeError,
  MissingEnvironmentError,
} from '../../src/errors.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { insertRecord, modifyRecord } from '../../src/testing/index.ts';
import { acceptedBySqs, incompressibleLetter, letterFor, simpleLetter } from './letters.ts';
import { answerOtherwise, makeQueue, sqsClient, takeMessages, watchBatches } from './queues.ts';

const largest = 1_048_576;
let stack: LocalStack;
let reader: SQSClient;
const clients: SQSClient[] = [];

beforeAll(async () => {
  stack = await startLocalStack();
  reader = sqsClient(stack);
});
afterEach(() => {
  clients.splice(0).forEach((client) => client.destroy());
});
afterAll(async () => {
  reader.destroy();
  await stack.stop();
});

/** Dead letters in a new queue, through a client of their own. */
async function openQueue(name: string, options: { readonly maxMessageBytes?: number } = {}) {
  const queueUrl = await makeQueue(reader, name);
  const client = sqsClient(stack);
  clients.push(client);
  const batches = watchBatches(client);
  return {
    queueUrl,
    client,
    batches,
    deadLetters: sqsDeadLetters({ queueUrl, client, ...options }),
    messages: () => takeMessages(reader, queueUrl),
  };
}

const letters = (count: number): readonly Letter[] =>
  Array.from({ length: count }, (_, index) => simpleLetter(`item-${index}`));
const read = async (bodies: readonly (string | undefined)[]) =>
  Promise.all(bodies.map((body) => decodeLetter(body ?? '')));
const byId = (some: readonly Letter[]) => some.toSorted((a, b) => (a.id < b.id ? -1 : 1));

describe('dead letters in a standard queue', () => {
  it('Promise 3: are in the queue when `send` resolves, just as they were', async () => {
    const { deadLetters, messages } = await openQueue('one');
    const letter = letterFor(insertRecord({ id: 'ä \uFFFF \uD800 \u0000', photo: new Uint8Array([0, 255]) }));
    await deadLetters.send(letter);
    const [message, ...others] = await messages();
    expect(others).toEqual([]);
    expect(await decodeLetter(message?.Body ?? '')).toEqual(letter);
  });

  it('carry what a consumer of the queue can filter by', async () => {
    const { deadLetters, messages } = await openQueue('attributes');
    await deadLetters.send(simpleLetter());
    const [message] = await messages();
    const string = (StringValue: string) => ({ DataType: 'String', StringValue });
    expect(message?.MessageAttributes).toEqual({
      consumer: string('orders'),
      route: string('tell-customer'),
      table: string('Shop'),
      eventName: string('INSERT'),
      reason: string('exhausted'),
      errorName: string('Error'),
    });
    expect(message?.Attributes).not.toHaveProperty('MessageGroupId');
  });

  it('travel together: 25 that are sent at once in three requests, and each of them arrives', async () => {
    const { deadLetters, batches, messages } = await openQueue('many');
    const sent = letters(25);
    await Promise.all(sent.map((letter) => deadLetters.send(letter)));
    expect(batches.map(({ Entries = [] }) => Entries.length)).toEqual([10, 10, 5]);
    const arrived = await read((await messages()).map(({ Body }) => Body));
    expect(byId(arrived)).toEqual(byId(sent));
  });

  it('share a request only as far as the limit of a request in bytes goes', async () => {
    const { deadLetters, batches, messages } = await openQueue('heavy');
    const sent = Array.from({ length: 7 }, (_, index) => incompressibleLetter(300_000, `heavy-${index}`));
    await Promise.all(sent.map((letter) => deadLetters.send(letter)));
    expect(batches.map(({ Entries = [] }) => Entries.length)).toEqual([3, 3, 1]);
    for (const { Entries = [] } of batches) {
      const bytes = Entries.map(({ MessageBody = '' }) => Buffer.byteLength(MessageBody));
      expect(bytes.reduce((sum, more) => sum + more, 0)).toBeLessThanOrEqual(largest);
    }
    expect(byId(await read((await messages()).map(({ Body }) => Body)))).toEqual(byId(sent));
  });

  it('that are as large as SQS allows are accepted, and those that compress are compressed', async () => {
    const { deadLetters, messages } = await openQueue('largest');
    const sent = [
      letterFor(insertRecord({ id: 'compressible', text: 'x'.repeat(1_500_000) })),
      incompressibleLetter(largest - 3_000, 'just below'),
    ];
    await Promise.all(sent.map((letter) => deadLetters.send(letter)));
    const bodies = (await messages()).map(({ Body = '' }) => Body);
    expect(bodies.map((body) => body.includes('"recordGzip"')).toSorted()).toEqual([false, true]);
    expect(byId(await read(bodies))).toEqual(byId(sent));
  });

  it('that are too large, compressed too, fail if no bucket is configured, and hold no other up', async () => {
    const { deadLetters, messages } = await openQueue('too-large', { maxMessageBytes: 8_192 });
    const [large, small] = await Promise.allSettled([
      deadLetters.send(incompressibleLetter(20_000)),
      deadLetters.send(simpleLetter()),
    ]);
    expect(large).toMatchObject({ status: 'rejected', reason: { code: 'LETTER_TOO_LARGE' } });
    expect(large).toHaveProperty('reason', expect.any(LetterTooLargeError));
    expect(small.status).toBe('fulfilled');
    expect(await messages()).toHaveLength(1);
  });

  it('Promise 3: of which the queue refuses one fail for that one only', async () => {
    const { deadLetters, client, queueUrl } = await openQueue('partial');
    answerOtherwise(client, ({ Successful = [] }) => ({
      Successful: Successful.filter(({ Id }) => Id !== '1'),
      Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false, Message: 'not now' }],
    }));
    const results = await Promise.allSettled(letters(4).map((letter) => deadLetters.send(letter)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    const refused = results.find((result) => result.status === 'rejected')?.reason as DeadLetterError;
    expect(refused).toBeInstanceOf(DeadLetterError);
    expect(refused.message).toContain(queueUrl);
    expect(refused.message).toContain('InternalError');
  });

  it('Promise 3: of which the queue says nothing have failed', async () => {
    const { deadLetters, client } = await openQueue('silent');
    answerOtherwise(client, ({ Successful = [] }) => ({ Successful: Successful.slice(0, 1) }));
    const results = await Promise.allSettled(letters(3).map((letter) => deadLetters.send(letter)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('Promise 3: fail, by the name of the queue, if there is no such queue', async () => {
    const { deadLetters, queueUrl } = await openQueue('there').then(({ client, queueUrl: url }) => ({
      queueUrl: `${url}-not`,
      deadLetters: sqsDeadLetters({ queueUrl: `${url}-not`, client }),
    }));
    const results = await Promise.allSettled(letters(2).map((letter) => deadLetters.send(letter)));
    for (const result of results) {
      const error = result.status === 'rejected' ? (result.reason as DeadLetterError) : undefined;
      expect(error).toBeInstanceOf(DeadLetterError);
      expect(error?.message).toContain(queueUrl);
      expect(error?.cause).toMatchObject({ name: 'QueueDoesNotExist' });
    }
  });

  it('go on after a failure', async () => {
    const { deadLetters, client, messages } = await openQueue('after');
    let isBroken = true;
    client.middlewareStack.add(
      (next) => (args) => (isBroken ? Promise.reject(new Error('no network')) : next(args)),
      { step: 'initialize' },
    );
    await expect(deadLetters.send(simpleLetter())).rejects.toThrow(DeadLetterError);
    isBroken = false;
    await deadLetters.send(simpleLetter());
    expect(await messages()).toHaveLength(1);
  });
});

describe('dead letters in a FIFO queue', () => {
  it('stand in the group of their item, whatever the order of its key attributes', async () => {
    const { deadLetters, messages } = await openQueue('groups.fifo');
    const keys = { pk: 'ORDER#1', sk: 'SUMMARY' };
    const modified = modifyRecord({ oldImage: keys, newImage: { ...keys, total: 1 } });
    const reversed = { sk: { S: 'SUMMARY' }, pk: { S: 'ORDER#1' } };
    const sent = [
      insertRecord(keys),
      { ...modified, dynamodb: { ...modified.dynamodb, Keys: reversed } },
      insertRecord({ ...keys, pk: 'ORDER#2' }),
      insertRecord(keys, { table: 'Archive' }),
    ].map((record) => letterFor(record));
    for (const letter of sent) await deadLetters.send(letter);
    const arrived = await messages();
    const groupOf = ({ id }: Letter) =>
      arrived.find(({ Attributes }) => Attributes?.MessageDeduplicationId === id)?.Attributes
        ?.MessageGroupId ?? '';
    const groups = sent.map(groupOf);
    expect(groups).toHaveLength(4);
    expect(groups[1]).toBe(groups[0]);
    expect(new Set(groups).size).toBe(3);
    for (const group of groups) {
      expect(group).toMatch(/^[\w-]{1,128}$/);
      expect(group).not.toContain('ORDER');
    }
  });

  it('keep the order of their item', async () => {
    const { deadLetters, messages } = await openQueue('order.fifo');
    const sent = Array.from({ length: 25 }, (_, version) => letterFor(insertRecord({ id: 'one', version })));
    for (const letter of sent) await deadLetters.send(letter);
    const arrived = await read((await messages()).map(({ Body }) => Body));
    expect(arrived.map(({ id }) => id)).toEqual(sent.map(({ id }) => id));
  });

  it('Promise 4: are one message if the same letter is sent twice, at once or one after the other', async () => {
    const { deadLetters, messages } = await openQueue('twice.fifo');
    const record = insertRecord({ id: 'a' });
    await Promise.all([deadLetters.send(letterFor(record)), deadLetters.send(letterFor(record))]);
    await deadLetters.send(letterFor(record, { attempts: 1, error: new Error('again') }));
    await deadLetters.send(letterFor(record, { route: 'another' }));
    const arrived = await messages();
    expect(arrived.map(({ Attributes }) => Attributes?.MessageDeduplicationId)).toEqual([
      letterFor(record).id,
      letterFor(record, { route: 'another' }).id,
    ]);
  });

  it('of records that cannot be read are taken too', async () => {
    const { deadLetters, messages } = await openQueue('unreadable.fifo');
    const record = insertRecord({ id: 'a' });
    const unreadable = [
      { ...record, dynamodb: { SequenceNumber: '1' } },
      { ...record, dynamodb: { SequenceNumber: '1', Keys: 'pk' } },
      { ...record, dynamodb: { SequenceNumber: '1', Keys: [] }, eventSourceARN: 7 },
    ] as never[];
    for (const [index, bad] of unreadable.entries())
      await deadLetters.send({
        ...letterFor(bad, { route: null, reason: 'unreadable' }),
        id: `bad-${index}`,
      });
    expect(await messages()).toHaveLength(3);
  });
});

describe("what sqsDeadLetters's options may be", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it.each([
    [{ queueUrl: '' }, /"queueUrl" must be the URL of a queue.* got ""/],
    [{ queueUrl: 7 }, /"queueUrl" must be the URL of a queue.* got 7/],
    [{ queueUrl: 'letters' }, /"queueUrl" must be the URL of a queue/],
    [{ queueUrl: 'https://sqs/q', bucket: '' }, /"bucket" must be a string/],
    [{ queueUrl: 'https://sqs/q', keyPrefix: 7 }, /"keyPrefix" must be a string/],
    [{ queueUrl: 'https://sqs/q', maxMessageBytes: 1_023 }, /"maxMessageBytes"/],
    [{ queueUrl: 'https://sqs/q', maxMessageBytes: 1_048_577 }, /"maxMessageBytes"/],
    [{ queueUrl: 'https://sqs/q', maxMessageBytes: 2_000.5 }, /"maxMessageBytes"/],
    [null, /options must be an object/],
  ])('%j is refused', (options, message) => {
    const make = () => sqsDeadLetters(options as never);
    if (options === null) expect(make).toThrow();
    else {
      expect(make).toThrow(InvalidOptionError);
      expect(make).toThrow(message);
    }
  });

  it('an ARN is refused as the URL of a queue', () => {
    expect(() => sqsDeadLetters({ queueUrl: 'arn:aws:sqs:us-east-1:123456789012:letters' })).toThrow(
      InvalidOptionError,
    );
  });

  it('the queue is that of SPILLWAY_DLQ_URL if none is named', async () => {
    const { queueUrl, client, messages } = await openQueue('environment');
    vi.stubEnv('SPILLWAY_DLQ_URL', queueUrl);
    await sqsDeadLetters({ client }).send(simpleLetter());
    expect(await messages()).toHaveLength(1);
  });

  it('without any queue it throws on Lambda, and with the first letter elsewhere', async () => {
    vi.stubEnv('SPILLWAY_DLQ_URL', '');
    const elsewhere = sqsDeadLetters();
    await expect(elsewhere.send(simpleLetter())).rejects.toThrow(MissingEnvironmentError);
    await expect(elsewhere.send(simpleLetter())).rejects.toThrow(/SPILLWAY_DLQ_URL/);
    vi.stubEnv('AWS_LAMBDA_FUNCTION_NAME', 'orders-consumer');
    expect(() => sqsDeadLetters()).toThrow(/SPILLWAY_DLQ_URL/);
  });
});

describe('Promise 3, at the limits of characters', () => {
  it('Promise 3: bodies hold only what SQS accepts', async () => {
    const { deadLetters, batches } = await openQueue('characters');
    await deadLetters.send(letterFor(insertRecord({ id: '\uFFFE\uFFFF\u0001\uDC00' })));
    expect(batches[0]?.Entries?.[0]?.MessageBody).toMatch(acceptedBySqs);
  });
});
