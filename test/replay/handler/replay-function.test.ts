import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { createHandlerIn } from '../../../src/create-handler.ts';
import { PermanentError, anyItem, createRouter } from '../../../src/index.ts';
import { createReplayHandler } from '../../../src/replay/index.ts';
import type { ReplayHandlerOptions } from '../../../src/replay/index.ts';
import { systemRuntime } from '../../../src/runtime.ts';
import {
  insertRecord,
  lambdaContext,
  memoryDeadLetters,
  memoryLedger,
  streamEvent,
} from '../../../src/testing/index.ts';

interface Item {
  readonly pk: string;
  readonly n: number;
}

const insert = (pk: string, n: number) => insertRecord({ pk, n }, { eventId: `${pk}${n}`, table: 'Shop' });

/** As Lambda hands over messages of a queue. */
const message = (body: string, index: number, { fifo = false, group = '' } = {}): SQSRecord => ({
  messageId: `m${index}`,
  receiptHandle: `r${index}`,
  body,
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: String(Date.UTC(2026, 0, 1)),
    SenderId: 'x',
    ApproximateFirstReceiveTimestamp: '0',
    ...(fifo && { MessageGroupId: group }),
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: `arn:aws:sqs:us-east-1:123456789012:letters${fifo ? '.fifo' : ''}`,
  awsRegion: 'us-east-1',
});

async function stage(options: ReplayHandlerOptions = {}) {
  const handled: string[] = [];
  const broken = new Set<string>(['A1', 'A2', 'B1', 'C1']);
  const letters = memoryDeadLetters();
  const ledger = memoryLedger();
  const router = createRouter().onInsert('mail', anyItem<Item>(), ({ newImage: { pk, n } }, { isReplay }) => {
    if (broken.has(`${pk}${n}`)) throw new PermanentError('no');
    handled.push(`${pk}${n} ${String(isReplay)}`);
  });
  const handler = createHandlerIn(systemRuntime, router, {
    consumer: 'shop',
    ledger,
    deadLetters: letters,
    log: 'off',
  });
  await handler(streamEvent(insert('A', 1), insert('A', 2), insert('B', 1), insert('C', 1)), lambdaContext());
  const replay = createReplayHandler(router, {
    consumer: 'shop',
    ledger,
    deadLetters: letters,
    log: 'off',
    ifStale: 'run',
    ...options,
  });
  const byEvent = new Map(letters.letters.map((letter) => [letter.record.eventID, JSON.stringify(letter)]));
  const bodyOf = (event: string) => byEvent.get(event) ?? '';
  return { handled, broken, replay, bodyOf, letters };
}

describe('a function that replays a queue', () => {
  it('handles the letters of its batch and gives back what failed, by message', async () => {
    const its = await stage();
    its.broken.delete('A1');
    its.broken.delete('C1');
    const Records = ['A1', 'A2', 'B1', 'C1'].map((event, index) => message(its.bodyOf(event), index));
    expect(await its.replay({ Records }, lambdaContext())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }],
    });
    expect(its.handled.toSorted()).toEqual(['A1 true', 'C1 true']);
    expect(its.letters.letters).toHaveLength(4);
    its.broken.clear();
    expect(await its.replay({ Records }, lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(its.handled.toSorted()).toEqual(['A1 true', 'A2 true', 'B1 true', 'C1 true']);
  });

  it('puts the letters of an item in order, whatever order the queue gives them in', async () => {
    const its = await stage();
    its.broken.clear();
    const Records = ['A2', 'B1', 'A1'].map((event, index) => message(its.bodyOf(event), index));
    await its.replay({ Records }, lambdaContext());
    expect(its.handled.filter((one) => one.startsWith('A'))).toEqual(['A1 true', 'A2 true']);
  });

  it('leaves in the queue what is no letter, and runs the others', async () => {
    const its = await stage();
    its.broken.clear();
    const Records = ['{"hello":"world"}', its.bodyOf('B1')].map((body, index) => message(body, index));
    expect(await its.replay({ Records }, lambdaContext())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }],
    });
    expect(its.handled).toEqual(['B1 true']);
  });

  it('stops a group of a FIFO queue at its first failure, and goes on with the other groups', async () => {
    const its = await stage();
    its.broken.clear();
    its.broken.add('A1');
    const groups = ['one', 'one', 'two', 'two'];
    const Records = [its.bodyOf('A1'), its.bodyOf('C1'), its.bodyOf('B1'), 'not a letter'].map(
      (body, index) => message(body, index, { fifo: true, group: groups[index] ?? '' }),
    );
    expect(await its.replay({ Records }, lambdaContext())).toEqual({
      batchItemFailures: ['m0', 'm1', 'm3'].map((itemIdentifier) => ({ itemIdentifier })),
    });
    expect(its.handled).toEqual(['B1 true']);
  });

  it('gives everything back if there is no time', async () => {
    const its = await stage();
    its.broken.clear();
    const Records = [message(its.bodyOf('A1'), 0)];
    expect(await its.replay({ Records }, lambdaContext({ remainingMs: 500 }))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'm0' }],
    });
    expect(its.handled).toEqual([]);
  });

  it('gives a letter back whose freshness it cannot tell, unless it is told to run it', async () => {
    const nowhere = new DynamoDBClient({
      region: 'us-east-1',
      endpoint: 'http://127.0.0.1:9',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
      maxAttempts: 1,
    });
    const events: unknown[] = [];
    const its = await stage({
      ifStale: 'fail',
      clients: { dynamodb: nowhere },
      onEvent: (event) => events.push(event),
    });
    its.broken.clear();
    const Records = [message(its.bodyOf('A1'), 0)];
    expect(
      (await its.replay({ Records }, lambdaContext({ remainingMs: 20_000 }))).batchItemFailures,
    ).toHaveLength(1);
    expect(its.handled).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'ran', outcome: 'stale' }));
  });

  it('Promise 8: refuses the event of another source', async () => {
    const its = await stage();
    await expect(its.replay(streamEvent(insert('A', 1)), lambdaContext())).rejects.toMatchObject({
      code: 'INVALID_EVENT',
    });
  });

  it('has the routes of its routers, and refuses wrong options', async () => {
    const its = await stage();
    expect(its.replay.routes.map(({ name }) => name)).toEqual(['mail']);
    const router = createRouter().onInsert('mail', anyItem(), () => undefined);
    expect(() => createReplayHandler(router, { ifStale: 'never' as 'run' })).toThrow(/"ifStale" must be/);
  });
});
