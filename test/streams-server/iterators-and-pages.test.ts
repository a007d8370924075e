import { describe, expect, it } from 'vitest';
import { firstOf, inOrder, item, items, named, someText, startWithClient } from './through-the-sdk.ts';

describe('the iterators of the streams server', () => {
  it('begin at either end, at a record, or after it', async () => {
    const { server, iterator, read, firstShard } = await startWithClient();
    server.put(items(3));
    const [first, second, third] = firstOf(server.shards()).sequenceNumbers;
    const latest = await iterator(firstShard, 'LATEST');
    expect((await read(await iterator(firstShard, 'TRIM_HORIZON'))).numbers).toEqual([first, second, third]);
    expect((await read(await iterator(firstShard, 'AT_SEQUENCE_NUMBER', second))).numbers).toEqual([
      second,
      third,
    ]);
    expect((await read(await iterator(firstShard, 'AFTER_SEQUENCE_NUMBER', second))).numbers).toEqual([
      third,
    ]);
    const before = await read(latest);
    expect(before).toMatchObject({ numbers: [], next: someText });
    server.put(item('later'));
    expect((await read(before.next)).numbers).toEqual([firstOf(server.shards()).sequenceNumbers[3]]);
    expect((await read(latest)).numbers).toHaveLength(1);
  });

  it('expire when a test says so, and the next ones do not', async () => {
    const { server, iterator, read, firstShard } = await startWithClient();
    const old = await iterator(firstShard, 'TRIM_HORIZON');
    server.expireIterators();
    await expect(read(old)).rejects.toThrow(named('ExpiredIteratorException'));
    await expect(read(await iterator(firstShard, 'TRIM_HORIZON'))).resolves.toBeDefined();
  });

  it('expire 15 minutes after they were given out', async () => {
    let now = 1_700_000_000_000;
    const { iterator, read, firstShard } = await startWithClient({ now: () => now });
    const first = await iterator(firstShard, 'TRIM_HORIZON');
    now += 15 * 60_000;
    const { next } = await read(first);
    now += 1;
    await expect(read(first)).rejects.toThrow(named('ExpiredIteratorException'));
    await expect(read(next)).resolves.toBeDefined();
  });

  it('are refused when they are none, or for a sequence number that is missing', async () => {
    const { iterator, read, firstShard } = await startWithClient();
    await expect(read('nonsense')).rejects.toThrow(named('ValidationException'));
    await expect(iterator(firstShard, 'AT_SEQUENCE_NUMBER')).rejects.toThrow(named('ValidationException'));
  });
});

describe('GetRecords of the streams server', () => {
  it('gives 1,000 records at most, or as many as it is told', async () => {
    const { server, iterator, read, firstShard } = await startWithClient();
    server.put(items(1_001));
    const start = await iterator(firstShard, 'TRIM_HORIZON');
    const { numbers, next } = await read(start);
    expect(numbers).toHaveLength(1_000);
    expect((await read(next)).numbers).toHaveLength(1);
    expect((await read(start, 3)).numbers).toEqual(numbers.slice(0, 3));
  });

  it.each([0, 1_001])('refuses the limit %d', async (limit) => {
    const { iterator, read, firstShard } = await startWithClient();
    const start = await iterator(firstShard, 'TRIM_HORIZON');
    await expect(read(start, limit)).rejects.toThrow(named('ValidationException'));
  });

  it('gives 1 MB at most, and one record at least', async () => {
    const { server, iterator, read, firstShard } = await startWithClient();
    const big = { newImage: { pk: { S: 'a' }, text: { S: 'x'.repeat(399_000) } } };
    const huge = { newImage: { pk: { S: 'a' }, text: { S: 'x'.repeat(1_200_000) } } };
    server.put([big, big, big, huge, big]);
    const counts: number[] = [];
    for (let at = await iterator(firstShard, 'TRIM_HORIZON'), left = 5; left > 0;) {
      const page = await read(at);
      counts.push(page.numbers.length);
      left -= page.numbers.length;
      at = page.next;
    }
    expect(counts).toEqual([2, 1, 1, 1]);
  });

  it('gives so many empty pages in the midst of a shard as it is told', async () => {
    const { server, iterator, read, firstShard } = await startWithClient();
    server.put(items(2));
    const { next } = await read(await iterator(firstShard, 'TRIM_HORIZON'), 1);
    server.emptyPages(2);
    const empty = await read(next);
    const emptyToo = await read(empty.next);
    expect([empty.numbers, emptyToo.numbers]).toEqual([[], []]);
    expect((await read(emptyToo.next)).numbers).toEqual([firstOf(server.shards()).sequenceNumbers[1]]);
  });

  it('gives empty pages by chance, the same ones for the same seed', async () => {
    const countsOf = async (seed: number) => {
      const { server, iterator, read, firstShard } = await startWithClient();
      server.put(item('a'));
      server.emptyPages({ probability: 0.5, seed });
      const at = await iterator(firstShard, 'TRIM_HORIZON');
      return inOrder(Array.from({ length: 12 }), async () => (await read(at)).numbers.length);
    };
    const counts = await countsOf(5);
    expect(new Set(counts)).toEqual(new Set([0, 1]));
    expect(await countsOf(5)).toEqual(counts);
    expect(await countsOf(6)).not.toEqual(counts);
  });
});
