import { parseArgs } from 'node:util';
import { startStreamsServer } from './start-streams-server.ts';

// A stream in a process of its own, for measuring: node test/streams-server/serve.ts --records 10000 --shards 4
// It prints one line of JSON, { endpoint, streamArn, records }, and serves until it is ended.

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '10000' },
    shards: { type: 'string', default: '1' },
    /** Closes the shards, so that a reader comes to an end. */
    closed: { type: 'boolean', default: false },
  },
});

const server = await startStreamsServer({ shards: Number(values.shards) });
const records = Number(values.records);
server.put(
  Array.from({ length: records }, (_, index) => ({
    // With this text a record is about 500 bytes of JSON.
    newImage: { pk: { S: `item-${index}` }, version: { N: String(index) }, text: { S: 'x'.repeat(90) } },
  })),
);
if (values.closed) server.disable();
process.stdout.write(
  `${JSON.stringify({ endpoint: server.endpoint, streamArn: server.streamArn, records })}\n`,
);
