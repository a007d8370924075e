import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it } from 'vitest';
import {
  firstOf,
  inOrder,
  item,
  items,
  matching,
  named,
  someDate,
  startWithClient,
} from './through-the-sdk.ts';

describe('the shards of the streams server', () => {
  it('share the keys: a key stays in its shard', async () => {
    const { server, iterator, read } = await startWithClient({ shards: 4 });
    server.put([...items(200), ...items(200)]);
    const keys = await inOrder(server.shards(), async ({ shardId }) => {
      const { records } = await read(await iterator(shardId, 'TRIM_HORIZON'));
      return records.map(({ dynamodb }) => dynamodb?.Keys?.['pk']?.S);
    });
    expect(keys.every((one) => one.length > 40)).toBe(true);
    expect(keys.flatMap((one) => [...new Set(one)])).toHaveLength(200);
  });

  it('are listed with ids and ranges of the shape of AWS', async () => {
    const { server, describeStream, firstShard } = await startWithClient();
    server.put(items(2));
    const children = server.split(firstShard);
    const stream = await describeStream();
    expect(stream).toMatchObject({
      StreamArn: server.streamArn,
      StreamStatus: 'ENABLED',
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      TableName: 'items',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      CreationRequestDateTime: someDate,
    });
    const shape = matching(/^shardId-\d{20}-[0-9a-f]{8}$/);
    const from = { StartingSequenceNumber: matching(/^\d{21}$/) };
    expect(stream?.Shards).toEqual([
      {
        ShardId: shape,
        SequenceNumberRange: { ...from, EndingSequenceNumber: matching(/^\d{21}$/) },
      },
      { ShardId: children[0], ParentShardId: firstShard, SequenceNumberRange: from },
      { ShardId: children[1], ParentShardId: firstShard, SequenceNumberRange: from },
    ]);
    const [parent, child] = stream?.Shards ?? [];
    const end = BigInt(parent?.SequenceNumberRange?.EndingSequenceNumber ?? 0);
    expect(end).toBeGreaterThan(BigInt(firstOf(server.shards()).sequenceNumbers[1] ?? 0));
    expect(BigInt(child?.SequenceNumberRange?.StartingSequenceNumber ?? 0)).toBeGreaterThan(end);
  });

  it('end with their split, and the children take what comes', async () => {
    const { server, iterator, read, firstShard } = await startWithClient();
    server.put(items(50));
    server.split(firstShard);
    server.put(items(50));
    const { numbers, next } = await read(await iterator(firstShard, 'TRIM_HORIZON'));
    expect([numbers.length, next]).toEqual([50, undefined]);
    expect(await read(await iterator(firstShard, 'LATEST'))).toMatchObject({ numbers: [], next: undefined });
    const counts = server.shards().map(({ sequenceNumbers }) => sequenceNumbers.length);
    expect(counts[0]).toBe(50);
    expect(Math.min(...counts.slice(1))).toBeGreaterThan(10);
  });

  it('have one child after a roll-over, and cannot end twice', async () => {
    const { server, firstShard } = await startWithClient();
    const [child] = server.rollOver(firstShard);
    expect(
      server.shards().map(({ shardId, parentShardId, isOpen }) => [shardId, parentShardId, isOpen]),
    ).toEqual([
      [firstShard, undefined, false],
      [child, firstShard, true],
    ]);
    expect(() => server.split(firstShard)).toThrow('is closed already');
  });

  it('come in pages, in the order of their age, and may be asked for by their parent', async () => {
    const { server, describeStream, firstShard } = await startWithClient({ shardsPerPage: 2 });
    const children = server.split(firstShard);
    const grandchildren = children.flatMap((child) => server.rollOver(child));
    const idsOf = async (...input: Parameters<typeof describeStream>) => {
      const stream = await describeStream(...input);
      return [stream?.Shards?.map(({ ShardId }) => ShardId), stream?.LastEvaluatedShardId];
    };
    expect(await idsOf()).toEqual([[firstShard, children[0]], children[0]]);
    expect(await idsOf({ ExclusiveStartShardId: children[0] })).toEqual([
      [children[1], grandchildren[0]],
      grandchildren[0],
    ]);
    expect(await idsOf({ ExclusiveStartShardId: grandchildren[0] })).toEqual([[grandchildren[1]], undefined]);
    expect(await idsOf({ Limit: 1 })).toEqual([[firstShard], firstShard]);
    expect(await idsOf({ ShardFilter: { Type: 'CHILD_SHARDS', ShardId: firstShard } })).toEqual([
      children,
      undefined,
    ]);
    await expect(describeStream({ Limit: 101 })).rejects.toThrow(named('ValidationException'));
  });

  it('are 100 a page at most', async () => {
    const { describeStream } = await startWithClient({ shards: 101 });
    expect((await describeStream())?.Shards).toHaveLength(100);
  });

  it('are listed only some calls after the split, where that is asked for', async () => {
    const { server, describeStream, firstShard } = await startWithClient({ unlistedCalls: 2 });
    await describeStream();
    server.split(firstShard);
    const counts = await inOrder([1, 2, 3], async () => (await describeStream())?.Shards?.length);
    expect(counts).toEqual([1, 1, 3]);
  });

  it('lose their oldest records', async () => {
    const { server, iterator, read, firstShard } = await startWithClient();
    server.put(items(4));
    const [first, second, third, fourth] = firstOf(server.shards()).sequenceNumbers;
    const fromStart = await iterator(firstShard, 'TRIM_HORIZON');
    const fromThird = await iterator(firstShard, 'AFTER_SEQUENCE_NUMBER', second);
    server.trim(firstShard, second ?? '');
    expect((await read(await iterator(firstShard, 'TRIM_HORIZON'))).numbers).toEqual([third, fourth]);
    expect((await read(fromThird)).numbers).toEqual([third, fourth]);
    const trimmed = named('TrimmedDataAccessException');
    await expect(read(fromStart)).rejects.toThrow(trimmed);
    await expect(iterator(firstShard, 'AT_SEQUENCE_NUMBER', first)).rejects.toThrow(trimmed);
    await expect(iterator(firstShard, 'AFTER_SEQUENCE_NUMBER', second)).rejects.toThrow(trimmed);
    await expect(iterator(firstShard, 'AT_SEQUENCE_NUMBER', third)).resolves.toBeDefined();
  });

  it('can be forgotten when they are closed', async () => {
    const { server, describeStream, iterator, read, firstShard } = await startWithClient();
    const old = await iterator(firstShard, 'TRIM_HORIZON');
    expect(() => server.forget(firstShard)).toThrow('is open');
    const children = server.split(firstShard);
    server.forget(firstShard);
    expect(
      (await describeStream())?.Shards?.map(({ ShardId, ParentShardId }) => [ShardId, ParentShardId]),
    ).toEqual(children.map((child) => [child, firstShard]));
    await expect(read(old)).rejects.toThrow(ResourceNotFoundException);
    await expect(iterator(firstShard, 'TRIM_HORIZON')).rejects.toThrow(ResourceNotFoundException);
  });
});

describe('the end of a stream of the streams server', () => {
  it('closes its shards when it is disabled, and they stay readable', async () => {
    const { server, describeStream, iterator, read, firstShard } = await startWithClient();
    server.put(items(2));
    server.disable();
    expect((await describeStream())?.StreamStatus).toBe('DISABLED');
    const { numbers, next } = await read(await iterator(firstShard, 'TRIM_HORIZON'));
    expect([numbers.length, next]).toEqual([2, undefined]);
    expect(() => server.put(item('a'))).toThrow('was disabled');
  });

  it('is not found any more when it is deleted', async () => {
    const { server, describeStream, listStreams, iterator, read, firstShard } = await startWithClient();
    const old = await iterator(firstShard, 'TRIM_HORIZON');
    expect((await listStreams()).Streams?.map(({ StreamArn }) => StreamArn)).toEqual([server.streamArn]);
    server.delete();
    for (const call of [describeStream(), listStreams(), iterator(firstShard, 'LATEST'), read(old)])
      await expect(call).rejects.toThrow(ResourceNotFoundException);
  });
});
