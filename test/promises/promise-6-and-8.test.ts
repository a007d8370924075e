import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHandlerIn } from '../../src/create-handler.ts';
import { InvalidEventError } from '../../src/errors.ts';
import { anyItem, entity } from '../../src/routing/entity.ts';
import { createRouter } from '../../src/routing/router.ts';
import type { RawRecord } from '../../src/stream/record.ts';
import {
  insertRecord,
  lambdaContext,
  memoryDeadLetters,
  memoryLedger,
  modifyRecord,
  streamEvent,
} from '../../src/testing/index.ts';
import { instantRuntime } from '../instant-runtime.ts';

const Thing = entity('Thing', { schema: z.object({ pk: z.string(), size: z.number() }) });

function stage() {
  const handled: string[] = [];
  const deadLetters = memoryDeadLetters();
  const router = createRouter({ table: 'Shop' }).onChange('things', Thing, ({ newImage }) => {
    if (newImage?.size === 13) throw new Error('thirteen');
    handled.push(newImage?.pk ?? 'removed');
  });
  const handler = createHandlerIn(instantRuntime(), router, {
    ledger: memoryLedger(),
    deadLetters,
    log: 'off',
  });
  return { handler, handled, deadLetters };
}

const good = (pk: string) => insertRecord({ pk, size: 1 }, { keys: ['pk'] });

/** A record with a part of it replaced. */
const spoiled = (part: object, dynamodb: object = {}): RawRecord => {
  const record = good('bad');
  return { ...record, ...part, dynamodb: { ...record.dynamodb, ...dynamodb } };
};

const nested = (levels: number): object => (levels === 0 ? { S: 'x' } : { M: { in: nested(levels - 1) } });

describe('Promise 6: a bad record hurts itself alone', () => {
  const unreadable: readonly (readonly [string, RawRecord])[] = [
    ['no Keys', spoiled({}, { Keys: undefined })],
    ['empty Keys', spoiled({}, { Keys: {} })],
    ['no eventName', spoiled({ eventName: undefined })],
    ['an unknown eventName', spoiled({ eventName: 'UPSERT' })],
    ['no eventSourceARN', spoiled({ eventSourceARN: undefined })],
    ['an ARN of something else', spoiled({ eventSourceARN: 'arn:aws:kinesis:us-east-1:1:stream/x' })],
    ['an image that is an array', spoiled({}, { NewImage: [] })],
    ['a missing image', spoiled({}, { NewImage: undefined })],
    ['an attribute of an unknown type', spoiled({}, { NewImage: { pk: { S: 'a' }, size: { X: '1' } } })],
    ['a number that is none', spoiled({}, { NewImage: { pk: { S: 'a' }, size: { N: 'one' } } })],
    ['33 levels', spoiled({}, { NewImage: { pk: { S: 'a' }, size: nested(33) } })],
    ['an attribute that is no object', spoiled({}, { NewImage: { pk: 'a' } })],
  ];

  it.each(unreadable)(
    'Promise 6: a record with %s gets a letter, and its neighbours are handled',
    async (_, bad) => {
      const { handler, handled, deadLetters } = stage();
      const response = await handler(streamEvent(good('before'), bad, good('after')), lambdaContext());
      expect(response).toEqual({ batchItemFailures: [] });
      expect(handled.toSorted()).toEqual(['after', 'before']);
      expect(deadLetters.letters).toMatchObject([{ reason: 'unreadable', attempts: 1 }]);
      expect(deadLetters.letters[0]?.record).toEqual(JSON.parse(JSON.stringify(bad)));
    },
  );

  it('Promise 6: the letter says which attribute the schema refused and why, by its path', async () => {
    const { handler, handled, deadLetters } = stage();
    const wrong = modifyRecord(
      { oldImage: { pk: 'A', size: 'big' }, newImage: { pk: 'A', size: 2 } },
      { keys: ['pk'] },
    );
    await handler(streamEvent(good('before'), wrong), lambdaContext());
    expect(handled).toEqual(['before']);
    expect(deadLetters.letters).toMatchObject([
      { reason: 'schema', route: 'things', attempts: 1, error: { issues: [{ path: 'oldImage.size' }] } },
    ]);
  });

  it('Promise 6: a record thrown on again and again gets a letter that counts the attempts', async () => {
    const { handler, handled, deadLetters } = stage();
    const unlucky = insertRecord({ pk: 'A', size: 13 }, { keys: ['pk'] });
    await handler(streamEvent(unlucky, good('after')), lambdaContext());
    expect(handled).toEqual(['after']);
    expect(deadLetters.letters).toMatchObject([
      { reason: 'exhausted', attempts: 3, error: { name: 'Error', message: 'thirteen' } },
    ]);
  });

  it('Promise 6: what is not looked at is not decoded, so an unreadable attribute nobody reads hurts nobody', async () => {
    const keysSeen: unknown[] = [];
    const router = createRouter().onInsert(
      'keys-only',
      anyItem(),
      ({ keys }) => void keysSeen.push(keys['pk']),
    );
    const handler = createHandlerIn(instantRuntime(), router, {
      ledger: 'off',
      deadLetters: 'off',
      log: 'off',
    });
    const record = spoiled({}, { NewImage: { pk: { S: 'bad' }, size: { N: 'one' } } });
    expect(await handler(streamEvent(record), lambdaContext())).toEqual({ batchItemFailures: [] });
    expect(keysSeen).toEqual(['bad']);
  });
});

describe('Promise 8: closed on doubt', () => {
  const foreign: readonly (readonly [string, unknown, RegExp])[] = [
    ['nothing', undefined, /type undefined/],
    ['null', null, /null/],
    ['a string', 'Records', /type string/],
    ['an empty object', {}, /empty object/],
    ['an HTTP request', { httpMethod: 'GET', path: '/' }, /httpMethod, path/],
    ['SQS messages', { Records: [{ eventSource: 'aws:sqs', body: '{}' }] }, /aws:sqs/],
    ['SNS messages', { Records: [{ EventSource: 'aws:sns', Sns: {} }] }, /aws:sns/],
    ['Kinesis records', { Records: [{ eventSource: 'aws:kinesis', kinesis: {} }] }, /aws:kinesis/],
    ['Records that is no list', { Records: 'x' }, /fields Records/],
    ['a record that is null', { Records: [null] }, /record 0/],
    [
      'a record without dynamodb',
      { Records: [spoiled({ dynamodb: undefined })].map(withoutStream) },
      /SequenceNumber/,
    ],
    [
      'a record without a sequence number',
      { Records: [spoiled({}, { SequenceNumber: undefined })] },
      /record 0/,
    ],
    [
      'a sequence number that is none',
      { Records: [spoiled({}, { SequenceNumber: 'x1' })] },
      /SequenceNumber/,
    ],
    ['a tumbling window', { Records: [], window: {}, state: {} }, /tumbling window/],
  ];

  function withoutStream(record: RawRecord): object {
    return { ...record, dynamodb: undefined };
  }

  it.each(foreign)(
    'Promise 8: %s fails the batch, and the error names what came',
    async (_, event, message) => {
      const { handler, handled } = stage();
      const failure = await handler(event, lambdaContext()).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).toBeInstanceOf(InvalidEventError);
      expect((failure as Error).message).toMatch(message);
      expect(handled).toEqual([]);
    },
  );

  it('Promise 8: one foreign record fails the batch before any other is started', async () => {
    const { handler, handled } = stage();
    const event = { Records: [good('A'), { eventSource: 'aws:sqs' }] };
    await expect(handler(event, lambdaContext())).rejects.toThrow(InvalidEventError);
    expect(handled).toEqual([]);
  });

  it('Promise 8: a call without a Lambda context fails, for its time is not known', async () => {
    const { handler } = stage();
    await expect(handler(streamEvent(good('A')), undefined as never)).rejects.toThrow(/lambdaContext/);
  });

  it('answers an empty batch with an empty response', async () => {
    const { handler } = stage();
    expect(await handler({ Records: [] }, lambdaContext())).toEqual({ batchItemFailures: [] });
  });
});
