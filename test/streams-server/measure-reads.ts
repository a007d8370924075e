import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { z } from 'zod';

// How many records a second the SDK's plain client reads from the server in a process of its own, 1,000 a page,
// beside the same pages fetched without the SDK: node test/streams-server/measure-reads.ts

const served = z.object({ endpoint: z.string(), streamArn: z.string() });
const serve = spawn(process.execPath, [`${import.meta.dirname}/serve.ts`, '--closed'], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const lines: unknown[] = await once(createInterface(serve.stdout), 'line');
  const { endpoint, streamArn } = served.parse(JSON.parse(String(lines[0])));
  const client = new DynamoDBStreamsClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { StreamDescription } = await client.send(new DescribeStreamCommand({ StreamArn: streamArn }));
  const ShardId = StreamDescription?.Shards?.[0]?.ShardId;
  const position = { StreamArn: streamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' } as const;
  const begin = async () => (await client.send(new GetShardIteratorCommand(position))).ShardIterator;

  const withSdk = async (ShardIterator: string) => {
    const { Records = [], NextShardIterator } = await client.send(new GetRecordsCommand({ ShardIterator }));
    return { count: Records.length, bytes: 0, next: NextShardIterator };
  };
  const withoutSdk = async (ShardIterator: string) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'X-Amz-Target': 'DynamoDBStreams_20120810.GetRecords' },
      body: JSON.stringify({ ShardIterator }),
    });
    const text = await response.text();
    // The next iterator stands behind the records; finding it so costs nothing.
    const next = /"NextShardIterator":"([^"]+)"\}$/.exec(text.slice(-300))?.[1];
    return { count: text.split('"eventID"').length - 1, bytes: text.length, next };
  };
  for (const [name, read] of [
    ['SDK client', withSdk],
    ['plain fetch', withoutSdk],
  ] as const)
    for (let round = 1; round <= 3; round += 1) {
      let iterator = await begin();
      let [count, bytes] = [0, 0];
      const startedAt = performance.now();
      while (iterator !== undefined) {
        const page = await read(iterator);
        count += page.count;
        bytes += page.bytes;
        iterator = page.next;
      }
      const seconds = (performance.now() - startedAt) / 1_000;
      const size = bytes === 0 ? '' : `, ${Math.round(bytes / count)} bytes a record`;
      process.stdout.write(`${name}: ${count} records, ${Math.round(count / seconds)} a second${size}\n`);
    }
  client.destroy();
} finally {
  serve.kill();
}
