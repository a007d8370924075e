import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeLetter } from '../../src/dead-letter/decode-letter.ts';
import { encodeLetter } from '../../src/dead-letter/encode-letter.ts';
import { PermanentError } from '../../src/errors.ts';
import { NumberValue } from '../../src/index.ts';
import type { LocalStack } from '../../src/local/index.ts';
import { startLocalStack } from '../../src/local/index.ts';
import { LazyChange } from '../../src/stream/lazy-change.ts';
import { readRecord } from '../../src/stream/read-record.ts';
import type { RawRecord } from '../../src/stream/record.ts';
import { memoryDeadLetters } from '../../src/testing/index.ts';
import { dynamoDBClient } from '../idempotency/tables.ts';
import { anyItem } from '../stream/arbitrary-items.ts';
import { decimalText, sameDecimal } from '../stream/exact-decimal.ts';
import type { MarshalledItem } from './stream-of-items.ts';
import { changesOf, exactStreams, makeStream, recordsOf, streamsClient } from './stream-of-items.ts';

let stack: LocalStack;
let client: DynamoDBClient;
beforeAll(async () => {
  stack = await startLocalStack();
  client = dynamoDBClient(stack);
});
afterAll(async () => {
  client.destroy();
  await stack.stop();
});

const put = (table: string, item: MarshalledItem) =>
  client.send(new PutItemCommand({ TableName: table, Item: item }));

/** `marshall` loses `__proto__`, and so would an object literal. */
const withProto = (item: MarshalledItem, value: MarshalledItem[string]): MarshalledItem =>
  Object.defineProperty({ ...item }, '__proto__', { value, enumerable: true });

const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
const everyType = {
  text: 'ä € 😀 \u0000 \uFFFF "',
  empty: '',
  number: 42,
  fraction: -0.1,
  large: 9_007_199_254_740_993n,
  long: NumberValue.from('3.1415926535897932384626433832795028841'),
  yes: true,
  no: false,
  nothing: null,
  bytes,
  noBytes: new Uint8Array(),
  texts: new Set(['a', 'ä', '']),
  numbers: new Set<number | bigint>([1, -2.5, 9_007_199_254_740_993n]),
  binaries: new Set([bytes, new Uint8Array([0])]),
  list: [1, 'two', null, [true, { three: new Set([3]) }]],
  emptyList: [],
  map: { constructor_: 'x', toString: 'y', S: 'z', 'a.b#c': [new Uint8Array([255])] },
  emptyMap: {},
};
const marshalledEveryType: MarshalledItem = {
  ...marshall({ ...everyType, numbers: 'below' }),
  numbers: { NS: ['1', '-2.5', '9007199254740993'] },
};

describe('what is written into a table', () => {
  it('Promise 5: of every type, reaches the handler as it is', async () => {
    const streamArn = await makeStream(client, 'EveryType');
    await put('EveryType', { pk: { S: 'a' }, ...marshalledEveryType });
    const [change, ...others] = await changesOf(stack, streamArn);
    expect(others).toEqual([]);
    expect(change).toMatchObject({ eventName: 'INSERT', keys: { pk: 'a' }, table: 'EveryType' });
    expect(change?.newImage).toEqual({ pk: 'a', ...everyType });
    expect(change?.newImage?.['bytes']).toStrictEqual(bytes);
  });

  it('Promise 5: reaches the handler as it is, whatever it is', async () => {
    const streamArn = await makeStream(client, 'Anything');
    const [items = []] = fc.sample(fc.array(anyItem, { minLength: 250, maxLength: 250 }), {
      numRuns: 1,
      seed: 7,
    });
    const written = new Map<string, Readonly<Record<string, unknown>>>();
    await Promise.all(
      items.map(async (item, index) => {
        const pk = `item-${index}`;
        const whole = { ...item, pk };
        // What DynamoDB refuses (a lone surrogate, a name without a letter) is not what it stores.
        const accepted = await put('Anything', marshall(whole)).then(
          () => true,
          () => false,
        );
        if (accepted) written.set(pk, whole);
      }),
    );
    const changes = await changesOf(stack, streamArn);
    expect(written.size).toBeGreaterThan(80);
    expect(changes).toHaveLength(written.size);
    for (const { keys, newImage } of changes) expect(newImage).toEqual(written.get(keys['pk'] as string));
  });

  it('Promise 5: keeps every digit of its numbers, over the whole range', async () => {
    const streamArn = await makeStream(client, 'Numbers');
    const edges = [
      '1E-130',
      '-1E-130',
      '9.9999999999999999999999999999999999999E+125',
      `-${'9'.repeat(38)}`,
      '0',
    ];
    const texts = [...edges, ...fc.sample(decimalText, { numRuns: 300, seed: 11 })];
    await put('Numbers', {
      pk: { S: 'a' },
      list: { L: texts.map((N) => ({ N })) },
      set: { NS: ['9007199254740993', '0.1', '1E-100'] },
    });
    const [change] = await changesOf(stack, streamArn);
    const list = change?.newImage?.['list'] as readonly unknown[];
    expect(list).toHaveLength(texts.length);
    texts.forEach((text, index) => {
      expect([text, sameDecimal(String(list[index]), text)]).toEqual([text, true]);
    });
    expect(change?.newImage?.['set']).toEqual(new Set([9_007_199_254_740_993n, 0.1, 1e-100]));
  });

  it('Promise 5: reaches the handler from as deep as the engine lets it be', async () => {
    // 31 levels within an attribute; the item itself is counted as one.
    const nested = (levels: number): MarshalledItem[string] =>
      levels === 0
        ? { S: 'deepest' }
        : levels % 2 === 0
          ? { M: { in: nested(levels - 1) } }
          : { L: [nested(levels - 1)] };
    const streamArn = await makeStream(client, 'Deep');
    await expect(put('Deep', { pk: { S: 'a' }, deep: nested(33) })).rejects.toThrow(/[Nn]est/);
    await put('Deep', { pk: { S: 'a' }, deep: nested(31) });
    const [change] = await changesOf(stack, streamArn);
    let value: unknown = change?.newImage?.['deep'];
    for (let level = 0; level < 31; level += 1) value = Object.values(value as object)[0];
    expect(value).toBe('deepest');
  });

  it('Promise 5: has its key decoded too, in a table whose keys are numbers and bytes', async () => {
    const streamArn = await makeStream(client, 'Keys', { pk: 'N', sk: 'B' });
    await put('Keys', { pk: { N: '12345678901234567890123456789012345678' }, sk: { B: bytes } });
    const [change] = await changesOf(stack, streamArn);
    expect(change?.keys).toEqual({ pk: 12_345_678_901_234_567_890_123_456_789_012_345_678n, sk: bytes });
  });

  it('Promise 5: reaches the handler through the mapping also if it is called __proto__', async () => {
    const streamArn = await makeStream(client, 'ProtoByMapping');
    await put('ProtoByMapping', withProto({ pk: { S: 'a' } }, { S: 'an attribute' }));
    const [change] = await changesOf(stack, streamArn);
    expect(Object.entries(change?.newImage ?? {}).toSorted()).toEqual([
      ['__proto__', 'an attribute'],
      ['pk', 'a'],
    ]);
  });

  it('Promise 5: is an attribute also if it is called __proto__, at the top and below', async () => {
    const streamArn = await makeStream(client, 'Proto');
    const admin = { M: { isAdmin: { BOOL: true } } };
    const inner = { M: withProto({ a: { N: '1' } }, admin) };
    await put('Proto', withProto({ pk: { S: 'a' }, map: inner, list: { L: [inner] } }, admin));
    await put('Proto', withProto({ pk: { S: 'a' }, map: inner, list: { L: [inner] } }, { S: 'text' }));
    const streams = exactStreams(stack);
    const [inserted, modified] = await changesOf(stack, streamArn, { streams });
    streams.destroy();

    const image = inserted?.newImage ?? {};
    const within = [image, image['map'], (image['list'] as readonly unknown[])[0]] as readonly object[];
    for (const object of within) {
      expect(Object.getOwnPropertyDescriptor(object, '__proto__')?.value).toEqual({ isAdmin: true });
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
      expect(Reflect.get(object, 'isAdmin')).toBeUndefined();
    }
    expect(Reflect.get({}, 'isAdmin')).toBeUndefined();
    expect(modified).toMatchObject({ eventName: 'MODIFY', changed: ['__proto__'] });
  });
});

describe('what becomes of what was written', () => {
  it('Promise 5: a change has both images as they are, and the names of what differs', async () => {
    const streamArn = await makeStream(client, 'Changes');
    const item: MarshalledItem = {
      pk: { S: 'a' },
      status: { S: 'new' },
      total: { N: '9007199254740993' },
      tags: { SS: ['x', 'y', 'z'] },
      photo: { B: bytes },
      gone: { BOOL: true },
    };
    await put('Changes', item);
    await put('Changes', { ...item, tags: { SS: ['z', 'x', 'y'] } });
    await client.send(
      new UpdateItemCommand({
        TableName: 'Changes',
        Key: { pk: { S: 'a' } },
        UpdateExpression: 'SET #s = :paid, added = :one REMOVE gone ADD #t :one, tags :w',
        ExpressionAttributeNames: { '#s': 'status', '#t': 'total' },
        ExpressionAttributeValues: { ':paid': { S: 'paid' }, ':one': { N: '1' }, ':w': { SS: ['w'] } },
      }),
    );
    await client.send(new DeleteItemCommand({ TableName: 'Changes', Key: { pk: { S: 'a' } } }));

    const changes = await changesOf(stack, streamArn);
    const summary = changes.map((change) =>
      change.eventName === 'MODIFY' ? ['MODIFY', change.changed.toSorted()] : [change.eventName, undefined],
    );
    expect(summary.filter(([, changed]) => changed?.length !== 0)).toEqual([
      ['INSERT', undefined],
      ['MODIFY', ['added', 'gone', 'status', 'tags', 'total']],
      ['REMOVE', undefined],
    ]);
    const kept = { pk: 'a', photo: bytes };
    const before = {
      ...kept,
      status: 'new',
      total: 9_007_199_254_740_993n,
      tags: new Set(['x', 'y', 'z']),
      gone: true,
    };
    const after = {
      ...kept,
      status: 'paid',
      added: 1,
      total: 9_007_199_254_740_994n,
      tags: new Set(['w', 'x', 'y', 'z']),
    };
    expect(changes.at(-2)).toMatchObject({ oldImage: before, newImage: after });
    expect(changes.at(-1)).toMatchObject({ eventName: 'REMOVE', oldImage: after, expired: false });
    expect(changes.at(-1)?.newImage).toBeUndefined();
  });

  it('Promise 5: the Streams API gives the change that the mapping gives', async () => {
    const streamArn = await makeStream(client, 'Both');
    await put('Both', { pk: { S: 'a' }, ...marshalledEveryType });
    await put('Both', { pk: { S: 'a' }, ...marshalledEveryType, text: { S: 'other' } });
    const facts = (change: LazyChange) => {
      const { eventName, keys, newImage, oldImage, changed, table, region, eventSourceArn } = change;
      const { eventId, sequenceNumber, createdAt, sizeBytes } = change;
      return {
        images: { keys, newImage, oldImage, changed },
        facts: { eventName, table, region, eventSourceArn, eventId, sequenceNumber, createdAt, sizeBytes },
      };
    };
    const streams = streamsClient(stack);
    const direct = (await recordsOf(streams, streamArn)).map((record) => {
      const read = readRecord(record as unknown as RawRecord, { eventSourceArn: streamArn });
      return facts(new LazyChange(read, 'NEW_AND_OLD_IMAGES'));
    });
    streams.destroy();
    const mapped = (await changesOf(stack, streamArn)).map((change) =>
      facts(change as unknown as LazyChange),
    );
    expect(direct).toHaveLength(2);
    expect(mapped).toEqual(direct);
    expect(mapped[1]?.images.changed).toEqual(['text']);
  });

  it('Promise 6: a letter holds it as it was, to be handled later', async () => {
    const streamArn = await makeStream(client, 'Letters');
    await put('Letters', { pk: { S: 'a' }, ...marshalledEveryType });
    const deadLetters = memoryDeadLetters();
    await changesOf(stack, streamArn, {
      deadLetters,
      handle: () => {
        throw new PermanentError('never');
      },
    });
    const [letter, ...others] = deadLetters.letters;
    expect(others).toEqual([]);
    if (letter === undefined) throw new Error('there is no letter');
    for (const limit of [1_048_576, 3_000]) {
      const { body } = await encodeLetter(letter, limit, undefined);
      const { record } = await decodeLetter(body);
      const change = new LazyChange(readRecord(record), 'NEW_AND_OLD_IMAGES');
      expect(change.newImage).toEqual({ pk: 'a', ...everyType });
      expect(change.eventSourceArn).toBe(streamArn);
    }
  });
});
