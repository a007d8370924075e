import { DescribeStreamCommand } from '@aws-sdk/client-dynamodb-streams';
import { describe, expect, it } from 'vitest';
import { eventually, serverForTest, spillwayClient } from './clients.ts';
import { failing, item, items, named, someText, startWithClient } from './through-the-sdk.ts';

describe('the failures of the streams server', () => {
  it.each([
    ['LimitExceededException', 400],
    ['ProvisionedThroughputExceededException', 400],
    ['ThrottlingException', 400],
    ['InternalServerError', 500],
  ] as const)('come as often as they are asked for: %s', async (name, status) => {
    const { server, describeStream } = await startWithClient();
    server.failNext('DescribeStream', name, 2);
    for (let time = 0; time < 2; time += 1)
      await expect(describeStream()).rejects.toThrow(failing(name, status));
    await expect(describeStream()).resolves.toBeDefined();
  });

  it.each(['BrokenConnection', 'CutResponse'] as const)('can be a %s', async (failure) => {
    const { server, iterator, read, firstShard } = await startWithClient();
    server.put(items(100));
    const at = await iterator(firstShard, 'TRIM_HORIZON');
    server.failNext('GetRecords', failure);
    await expect(read(at)).rejects.toThrow(expect.objectContaining({ code: 'ECONNRESET' }));
    expect((await read(at)).numbers).toHaveLength(100);
  });

  it('can be an answer that is late, and old when it comes', async () => {
    const { server, iterator, read, firstShard } = await startWithClient();
    const at = await iterator(firstShard, 'TRIM_HORIZON');
    server.failNext('GetRecords', { delayMs: 80 });
    const startedAt = performance.now();
    const late = read(at);
    await eventually(() => server.calls().length).toBe(2);
    server.put(item('a'));
    expect((await late).numbers).toEqual([]);
    expect(performance.now() - startedAt).toBeGreaterThan(75);
    expect((await read(at)).numbers).toHaveLength(1);
  });

  it('are overcome by a client that tries again', async () => {
    const { server } = await startWithClient();
    server.failNext('DescribeStream', 'LimitExceededException');
    const client = spillwayClient(server.endpoint, 3);
    await expect(
      client.send(new DescribeStreamCommand({ StreamArn: server.streamArn })),
    ).resolves.toBeDefined();
    expect(server.calls()).toHaveLength(2);
  });

  it('are too many reads of a shard, where the limits are on', async () => {
    let now = 0;
    const { server, iterator, read, firstShard } = await startWithClient({
      now: () => now,
      readLimits: { readsPerSecond: 5, readers: 2 },
    });
    const at = await iterator(firstShard, 'TRIM_HORIZON');
    const tooMuch = named('LimitExceededException');
    for (let time = 0; time < 5; time += 1) await read(at);
    await expect(read(at)).rejects.toThrow(tooMuch);
    now += 1_000;
    server.failNext('GetRecords', { delayMs: 100 }, 2);
    const underWay = [read(at), read(at)];
    await eventually(() => server.calls().length).toBe(9);
    await expect(read(at)).rejects.toThrow(tooMuch);
    await Promise.all(underWay);
    await expect(read(at)).resolves.toBeDefined();
  });
});

it('tells what was asked, in order', async () => {
  const { server, describeStream, iterator, read, firstShard } = await startWithClient();
  await describeStream();
  const number = '300000000000000499999';
  await read(await iterator(firstShard, 'AFTER_SEQUENCE_NUMBER', number), 7);
  expect(server.calls()).toEqual([
    { operation: 'DescribeStream' },
    {
      operation: 'GetShardIterator',
      shardId: firstShard,
      iteratorType: 'AFTER_SEQUENCE_NUMBER',
      sequenceNumber: number,
    },
    { operation: 'GetRecords', shardId: firstShard, limit: 7 },
  ]);
});

it('refuses what is no operation, and what is no JSON', async () => {
  const server = await serverForTest();
  const ask = async (operation: string, body: string) => {
    const headers = { 'X-Amz-Target': `DynamoDBStreams_20120810.${operation}` };
    const response = await fetch(server.endpoint, { method: 'POST', headers, body });
    return [response.status, await response.json()];
  };
  expect(await ask('Fly', '{}')).toEqual([
    400,
    { __type: 'com.amazon.coral.service#UnknownOperationException', message: someText },
  ]);
  expect(await ask('GetRecords', '{')).toEqual([
    400,
    { __type: 'com.amazon.coral.service#SerializationException', message: someText },
  ]);
  server.delete();
  expect(await ask('ListStreams', '{}')).toEqual([
    400,
    { __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', message: someText },
  ]);
});
