import { describe, expect, it } from 'vitest';
import { eventually, serverForTest } from './clients.ts';
import { spillwayShardReader } from './spillway-reader.ts';
import type { StreamsServerOptions } from './start-streams-server.ts';
import type { StreamChange } from './stream-change.ts';

const items = (count: number): readonly StreamChange[] =>
  Array.from({ length: count }, (_, index) => ({ newImage: { pk: { S: `item-${index}` } } }));

/** A stream of one shard with so many records, and the shard's id. */
async function streamOf(count: number, options?: StreamsServerOptions) {
  const server = await serverForTest(options);
  server.put(items(count));
  const shardId = server.shards()[0]?.shardId ?? '';
  const numbers = () => server.shards()[0]?.sequenceNumbers ?? [];
  return { server, shardId, numbers };
}

describe('the reader of a shard', () => {
  it('reads all there is, page by page, and sees the end with the last of it', async () => {
    const { server, shardId, numbers } = await streamOf(2_500);
    server.disable();
    const reader = spillwayShardReader(server, shardId);
    const pages = [await reader.read(1_000), await reader.read(1_000), await reader.read(1_000)];
    expect(pages.map((page) => page.kind === 'records' && page.closed)).toEqual([false, false, true]);
    expect(
      pages.flatMap((page) => (page.kind === 'records' ? page.records.map((one) => one.sequenceNumber) : [])),
    ).toEqual(numbers());
    expect(server.calls().map(({ operation }) => operation)).toEqual([
      'GetShardIterator',
      'GetRecords',
      'GetRecords',
      'GetRecords',
    ]);
  });

  it('goes on over a page of 1 MB that holds less than it asked for', async () => {
    const { server, shardId } = await streamOf(0);
    server.put(
      Array.from({ length: 5 }, () => ({ newImage: { pk: { S: 'a' }, text: { S: 'x'.repeat(390_000) } } })),
    );
    const reader = spillwayShardReader(server, shardId);
    expect(
      [await reader.numbersOf(), await reader.numbersOf(), await reader.numbersOf()].map(lengthOf),
    ).toEqual([2, 2, 1]);
  });

  it('takes an empty page in the midst of a shard for no end', async () => {
    const { server, shardId, numbers } = await streamOf(2);
    server.disable();
    const reader = spillwayShardReader(server, shardId);
    expect(await reader.numbersOf(1)).toEqual(numbers().slice(0, 1));
    server.emptyPages(2);
    const empty = { kind: 'records', records: [], closed: false };
    expect([await reader.read(1), await reader.read(1)]).toEqual([empty, empty]);
    expect(await reader.read(1)).toMatchObject({ closed: true, records: [{ sequenceNumber: numbers()[1] }] });
  });
});

describe('the reader of a shard whose iterator has expired', () => {
  it('goes on after the last record that it read, and tells no one', async () => {
    const { server, shardId, numbers } = await streamOf(4, { firstSequenceNumber: '999999999999999999990' });
    const reader = spillwayShardReader(server, shardId);
    expect(await reader.numbersOf(2)).toEqual(numbers().slice(0, 2));
    server.expireIterators();
    expect(await reader.numbersOf()).toEqual(numbers().slice(2));
    expect(numbers().map(lengthOf)).toEqual([21, 21, 22, 22]);
    expect(server.calls().at(-2)).toMatchObject({
      iteratorType: 'AFTER_SEQUENCE_NUMBER',
      sequenceNumber: numbers()[1],
    });
    expect(reader.errors).toEqual([]);
  });

  it('goes on so after 15 minutes of the server clock', async () => {
    let now = 1_700_000_000_000;
    const { server, shardId, numbers } = await streamOf(2, { now: () => now });
    const reader = spillwayShardReader(server, shardId);
    await reader.numbersOf(1);
    now += 15 * 60_000 + 1;
    expect(await reader.numbersOf()).toEqual(numbers().slice(1));
  });

  it('begins again at the oldest record when it had read none', async () => {
    const { server, shardId, numbers } = await streamOf(2);
    const reader = spillwayShardReader(server, shardId);
    await reader.open();
    server.expireIterators();
    expect(await reader.numbersOf()).toEqual(numbers());
  });

  it('misses nothing when it began at the end and had read none', async () => {
    const { server, shardId, numbers } = await streamOf(0);
    server.put([{ newImage: { pk: { S: 'before' } }, approximateCreationDateTime: 1_700_000_000 }]);
    const reader = spillwayShardReader(server, shardId, { kind: 'LATEST' });
    await reader.open();
    server.put(items(1));
    server.expireIterators();
    expect(await reader.numbersOf()).toEqual(numbers().slice(1));
    expect(reader.errors).toEqual([]);
  });
});

describe('the reader of a shard whose records are trimmed', () => {
  it('tells it, and goes on with the oldest that is left', async () => {
    const { server, shardId, numbers } = await streamOf(6);
    const all = numbers();
    const reader = spillwayShardReader(server, shardId);
    expect(await reader.numbersOf(2)).toEqual(all.slice(0, 2));
    server.trim(shardId, all[3] ?? '');
    expect(await reader.numbersOf()).toEqual(all.slice(4));
    expect(reader.errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(`records after ${all[1] ?? ''} may be lost, for the stream no longer keeps them`),
    ]);
  });

  it('goes on so at a checkpoint that is trimmed', async () => {
    const { server, shardId, numbers } = await streamOf(4);
    const [, second = '', third = '', fourth] = numbers();
    server.trim(shardId, third);
    const reader = spillwayShardReader(server, shardId, {
      kind: 'AFTER_SEQUENCE_NUMBER',
      sequenceNumber: second,
    });
    expect(await reader.numbersOf()).toEqual([fourth]);
    expect(reader.errors).toHaveLength(1);
  });

  it('notices nothing when it had read them', async () => {
    const { server, shardId, numbers } = await streamOf(4);
    const all = numbers();
    const reader = spillwayShardReader(server, shardId);
    await reader.numbersOf(2);
    server.trim(shardId, all[1] ?? '');
    expect(await reader.numbersOf()).toEqual(all.slice(2));
    expect(reader.errors).toEqual([]);
  });

  it('comes to the end of a shard of which nothing is left', async () => {
    const { server, shardId, numbers } = await streamOf(2);
    server.disable();
    const reader = spillwayShardReader(server, shardId);
    await reader.open();
    server.trim(shardId, numbers()[1] ?? '');
    expect(await reader.read(1_000)).toEqual({ kind: 'records', records: [], closed: true });
  });
});

describe('the reader of a shard that cannot be read for a while', () => {
  const failures = [
    'LimitExceededException',
    'ProvisionedThroughputExceededException',
    'ThrottlingException',
    'InternalServerError',
    'BrokenConnection',
    'CutResponse',
  ] as const;

  it.each(failures)('reads on after %s, nothing twice, nothing left out', async (failure) => {
    const { server, shardId, numbers } = await streamOf(3);
    const reader = spillwayShardReader(server, shardId);
    server.failNext('GetShardIterator', failure, 2);
    expect(await reader.numbersOf(1)).toEqual(numbers().slice(0, 1));
    server.failNext('GetRecords', failure, 3);
    expect(await reader.numbersOf()).toEqual(numbers().slice(1));
    expect(reader.backOffs).toEqual([1, 2, 1, 2, 3]);
    expect(reader.errors.map(({ message }) => message)).toEqual(
      Array.from(
        { length: 5 },
        () => `Shard ${shardId} of ${server.streamArn}: reading failed, trying again.`,
      ),
    );
  });

  it('stops at once while an answer does not come', async () => {
    const { server, shardId } = await streamOf(1);
    const reader = spillwayShardReader(server, shardId);
    server.failNext('GetRecords', { delayMs: 60_000 });
    const reading = reader.read(1);
    await eventually(() => server.calls().length).toBe(2);
    reader.stopping.abort();
    expect(await reading).toEqual({ kind: 'stopped' });
    expect(reader.errors).toEqual([]);
  });

  it('keeps within the limits of AWS by slowing down', async () => {
    let now = 0;
    const { server, shardId, numbers } = await streamOf(7, {
      now: () => now,
      readLimits: { readsPerSecond: 5, readers: 2 },
    });
    const reader = spillwayShardReader(server, shardId);
    for (let read = 0; read < 5; read += 1) await reader.numbersOf(1);
    const sixth = reader.numbersOf(2);
    await eventually(() => reader.backOffs.length).toBeGreaterThan(2);
    now += 1_000;
    expect(await sixth).toEqual(numbers().slice(5));
  });
});

it('the reader of a shard tells that the stream has forgotten it', async () => {
  const { server, shardId } = await streamOf(2);
  const reader = spillwayShardReader(server, shardId);
  await reader.numbersOf(1);
  server.rollOver(shardId);
  server.forget(shardId);
  expect(await reader.read(1)).toEqual({ kind: 'gone' });
  expect(reader.errors.map(({ message }) => message)).toEqual([
    expect.stringContaining('no longer knows it'),
  ]);
});

const lengthOf = ({ length }: { readonly length: number }) => length;
