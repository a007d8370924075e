import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidOptionError, ReplayError } from '../../../src/errors.ts';
import type { Pointer } from '../../../src/replay/reading/found.ts';
import type { RangeReaderParts } from '../../../src/replay/reading/read-range.ts';
import { createRangeReader } from '../../../src/replay/reading/read-range.ts';
import { instantRuntime } from '../../instant-runtime.ts';
import { serverForTest, spillwayClient } from '../../streams-server/clients.ts';
import type { StreamsServer, StreamsServerOptions } from '../../streams-server/start-streams-server.ts';
import { firstOf, items } from '../../streams-server/through-the-sdk.ts';
import { pointerRead, someRecords } from './messages.ts';

/** A shard with so many records, and a reader of ranges that waits for nothing. */
async function shardOf(
  count: number,
  parts: Partial<RangeReaderParts> = {},
  options: StreamsServerOptions = {},
) {
  const server = await serverForTest(options);
  server.put(items(count));
  const { shardId, sequenceNumbers } = firstOf(server.shards());
  const numberAt = (index: number) => sequenceNumbers[index] ?? '';
  const readRange = createRangeReader({
    client: spillwayClient(server.endpoint),
    runtime: instantRuntime(),
    signal: new AbortController().signal,
    ...parts,
  });
  const pointer = (from: number, to: number, more: Partial<Pointer> = {}): Pointer => ({
    ...{ ...pointerRead, shardId, streamArn: server.streamArn },
    ...{ first: numberAt(from), last: numberAt(to), batchSize: to - from + 1 },
    ...more,
  });
  /** What was read, by its place in the shard. */
  const read = async (from: number, to: number, more: Partial<Pointer> = {}) => {
    const range = await readRange(pointer(from, to, more));
    const places = range.records.map(({ dynamodb }) =>
      sequenceNumbers.indexOf(dynamodb?.SequenceNumber ?? ''),
    );
    return { ...range, places };
  };
  return { server, shardId, numberAt, pointer, readRange, read };
}

const placesFrom = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const whole = (from: number, to: number, isExact = true): unknown =>
  expect.objectContaining({ kind: 'whole', isExact, places: placesFrom(from, to) });
const expired = (places: readonly number[], why: string): unknown =>
  expect.objectContaining({ kind: 'expired', places, why: expect.stringContaining(why) as unknown });
const reads = (server: StreamsServer) =>
  server.calls().filter(({ operation }) => operation === 'GetRecords').length;

describe('a range of a shard', () => {
  it('is read from its first record to its last, and no further', async () => {
    const { read, server } = await shardOf(50);
    expect(await read(10, 19)).toEqual(whole(10, 19));
    expect(await read(7, 7)).toEqual(whole(7, 7));
    expect(await read(0, 49)).toEqual(whole(0, 49));
    expect(reads(server)).toBe(3);
  });

  it("has records in Lambda's form", async () => {
    const { readRange, pointer, server } = await shardOf(1);
    const { records } = await readRange(pointer(0, 0));
    expect(records[0]).toMatchObject({ eventSourceARN: server.streamArn, eventSource: 'aws:dynamodb' });
    expect(records[0]?.dynamodb?.ApproximateCreationDateTime).toEqual(expect.any(Number));
  });

  it('is compared by numbers, which grow longer', async () => {
    const firstSequenceNumber = '999999999999999999980';
    const { read, numberAt } = await shardOf(20, {}, { firstSequenceNumber });
    expect(numberAt(0).length).toBeLessThan(numberAt(19).length);
    expect(await read(0, 12)).toEqual(whole(0, 12));
  });

  it('is read through empty pages, however many there are', async () => {
    const { read, server } = await shardOf(30);
    server.emptyPages(40);
    expect(await read(3, 12)).toEqual(whole(3, 12));
    server.emptyPages({ probability: 0.7, seed: 7 });
    expect(await read(0, 29)).toEqual(whole(0, 29));
  });

  it('is read through any number of empty pages of a closed shard', async () => {
    const { read, server } = await shardOf(5);
    server.split(firstOf(server.shards()).shardId);
    server.emptyPages(300);
    expect(await read(1, 4)).toEqual(whole(1, 4));
  });

  it('is more than a batch where others lie between its records', async () => {
    const { read } = await shardOf(1_500);
    expect(await read(0, 1_200, { batchSize: 1_000 })).toEqual(whole(0, 1_200, false));
  });

  it('is exact again with the filter of the mapping', async () => {
    const Pattern = JSON.stringify({ dynamodb: { NewImage: { pk: { S: [{ suffix: '5' }] } } } });
    const { read } = await shardOf(100, { filter: { Filters: [{ Pattern }] } });
    const range = await read(5, 45, { batchSize: 5 });
    expect(range).toMatchObject({ kind: 'whole', isExact: true, places: [5, 15, 25, 35, 45] });
  });

  it('is not whole if fewer are left than the batch had', async () => {
    const Pattern = JSON.stringify({ eventName: ['REMOVE'] });
    const { read } = await shardOf(10, { filter: { Filters: [{ Pattern }] } });
    expect(await read(0, 9)).toEqual(expired([], 'only 0 of the 10'));
  });

  it('may lie in a shard that is closed, and whose parent is forgotten', async () => {
    const { read, server, readRange, pointer } = await shardOf(20);
    const parent = firstOf(server.shards()).shardId;
    server.rollOver(parent);
    expect(await read(15, 19)).toEqual(whole(15, 19));
    server.put(items(5));
    server.forget(parent);
    const child = firstOf(server.shards());
    const [first = '', , , , last = ''] = child.sequenceNumbers;
    const range = await readRange(pointer(0, 0, { shardId: child.shardId, first, last, batchSize: 5 }));
    expect(range).toMatchObject({ kind: 'whole', isExact: true });
  });

  it('is whatever it is, with any pages', async () => {
    const { read, server } = await shardOf(40);
    const bounds = fc
      .tuple(fc.nat(39), fc.nat(39))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    await fc.assert(
      fc.asyncProperty(bounds, fc.nat(3), fc.nat(30), async ([from, to], empty, batchSize) => {
        server.emptyPages(empty);
        const size = Math.min(batchSize + 1, to - from + 1);
        expect(await read(from, to, { batchSize: size })).toEqual(whole(from, to, size === to - from + 1));
      }),
      { numRuns: 40 },
    );
  });

  it('that the pointer brings along is not read, and not filtered', async () => {
    const Pattern = JSON.stringify({ eventName: ['REMOVE'] });
    const { readRange, pointer, server } = await shardOf(1, { filter: { Filters: [{ Pattern }] } });
    const range = (batchSize: number) => readRange(pointer(0, 0, { records: someRecords, batchSize }));
    expect(await range(3)).toEqual({ kind: 'whole', records: someRecords, isExact: true });
    expect(await range(2)).toEqual({ kind: 'whole', records: someRecords, isExact: false });
    expect(await range(4)).toMatchObject({ kind: 'expired', records: someRecords });
    expect(server.calls()).toEqual([]);
  });
});

describe('a range of which the stream has lost something', () => {
  it('is expired, with what of it is left', async () => {
    const { read, server, shardId, numberAt } = await shardOf(30);
    server.trim(shardId, numberAt(14));
    expect(await read(10, 19)).toEqual(expired(placesFrom(15, 19), '24 hours'));
    expect(await read(0, 9)).toEqual(expired([], '24 hours'));
    expect(await read(15, 19)).toEqual(whole(15, 19));
  });

  it('while it is read is expired, with what was read before', async () => {
    const runtime = instantRuntime();
    const shard = await shardOf(30, {
      runtime: {
        ...runtime,
        sleep: (ms, signal) => {
          shard.server.trim(shard.shardId, shard.numberAt(6));
          return runtime.sleep(ms, signal);
        },
      },
    });
    shard.server.failNext('GetRecords', { delayMs: 0 });
    shard.server.failNext('GetRecords', 'ThrottlingException');
    expect(await shard.read(0, 9, { batchSize: 4 })).toEqual(expired([0, 1, 2, 3, 7, 8, 9], '24 hours'));
  });

  it('is expired if shard or stream are gone, or never were', async () => {
    const { read, server, shardId } = await shardOf(5);
    expect(await read(0, 4, { shardId: 'shardId-00000000000000000000-00000000' })).toEqual(
      expired([], 'not known any more'),
    );
    expect(await read(0, 4, { streamArn: server.streamArn.replace('items', 'other') })).toEqual(
      expired([], 'not known any more'),
    );
    server.split(shardId);
    server.forget(shardId);
    expect(await read(0, 4)).toEqual(expired([], 'not known any more'));
    server.delete();
    expect(await read(0, 4)).toEqual(expired([], 'not known any more'));
  });
});

describe('a range whose last record is not there', () => {
  it('is never whole: the shard goes on behind it', async () => {
    const { read, numberAt } = await shardOf(20);
    const last = String(BigInt(numberAt(9)) + 1n);
    expect(await read(5, 9, { last, batchSize: 5 })).toEqual(
      expired(placesFrom(5, 9), 'last record is not in'),
    );
  });

  it('is never whole: the shard is closed', async () => {
    const { read, server, shardId } = await shardOf(10);
    server.split(shardId);
    expect(await read(5, 9, { last: '9'.repeat(30), batchSize: 5 })).toEqual(
      expired(placesFrom(5, 9), 'last record is not in'),
    );
  });

  it('ends at the tip of an open shard, after a while', async () => {
    const runtime = instantRuntime();
    const startedAt = runtime.now();
    const { read, server } = await shardOf(10, { runtime });
    expect(await read(5, 9, { last: '9'.repeat(30), batchSize: 5 })).toEqual(
      expired(placesFrom(5, 9), 'as far as it is written'),
    );
    expect(runtime.now() - startedAt).toBeGreaterThan(10_000);
    expect(reads(server)).toBeLessThan(100);
  });
});

describe('reading a range', () => {
  it('takes a new iterator where one has expired, and misses nothing', async () => {
    const runtime = instantRuntime();
    const shard = await shardOf(30, {
      runtime: {
        ...runtime,
        sleep: (ms, signal) => {
          shard.server.expireIterators();
          return runtime.sleep(ms, signal);
        },
      },
    });
    shard.server.failNext('GetRecords', { delayMs: 0 });
    shard.server.failNext('GetRecords', 'ThrottlingException');
    expect(await shard.read(0, 29, { batchSize: 4 })).toEqual(whole(0, 29, false));
    const iterators = shard.server.calls().filter(({ operation }) => operation === 'GetShardIterator');
    expect(iterators).toHaveLength(2);
  });

  it('goes on behind the last record that it has read', async () => {
    const { read, server, numberAt } = await shardOf(30);
    server.failNext('GetRecords', { delayMs: 0 });
    server.failNext('GetRecords', 'ExpiredIteratorException');
    expect(await read(0, 29, { batchSize: 4 })).toEqual(whole(0, 29, false));
    expect(server.calls()).toContainEqual(
      expect.objectContaining({ iteratorType: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: numberAt(3) }),
    );
  });

  it.each([
    'LimitExceededException',
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'InternalServerError',
    'ServiceUnavailable',
    'BrokenConnection',
    'CutResponse',
  ] as const)('tries again after a %s', async (failure) => {
    const { read, server } = await shardOf(20);
    server.failNext('GetShardIterator', failure, 3);
    server.failNext('GetRecords', failure, 5);
    expect(await read(5, 14)).toEqual(whole(5, 14));
  });

  it('gives up after minutes, and says so without a word of the data', async () => {
    const runtime = instantRuntime();
    const startedAt = runtime.now();
    const { read, server } = await shardOf(2, { runtime });
    server.failNext('GetRecords', 'InternalServerError', 1_000);
    await expect(read(0, 1)).rejects.toThrow(ReplayError);
    await expect(read(0, 1)).rejects.toThrow('try again later');
    expect(runtime.now() - startedAt).toBeGreaterThan(60_000);
  });

  it('rejects at once for what will not pass', async () => {
    const { read, server } = await shardOf(2);
    server.failNext('GetRecords', 'UnknownOperationException');
    await expect(read(0, 1)).rejects.toThrow('may dynamodb:GetShardIterator');
    expect(reads(server)).toBe(1);
  });

  it('ends when it is interrupted', async () => {
    const interruption = new AbortController();
    const runtime = instantRuntime();
    const sleep = () => {
      interruption.abort();
      return Promise.resolve();
    };
    const { read, server } = await shardOf(2, {
      signal: interruption.signal,
      runtime: { ...runtime, sleep },
    });
    server.emptyPages(1_000);
    await expect(read(0, 1)).rejects.toThrow('was interrupted');
    expect(reads(server)).toBe(1);
  });

  it('refuses a filter that Lambda refuses', () => {
    const filter = { Filters: [{ Pattern: '{' }] };
    const signal = new AbortController().signal;
    expect(() => createRangeReader({ filter, runtime: instantRuntime(), signal })).toThrow(
      InvalidOptionError,
    );
  });
});
