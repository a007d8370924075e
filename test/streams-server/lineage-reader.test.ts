import type { _Record as StreamsApiRecord } from '@aws-sdk/client-dynamodb-streams';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { configOf } from './clients.ts';
import { createLineageReader } from './lineage-reader.ts';
import { runStep, scheduleSteps } from './schedule.ts';
import { startStreamsServer } from './start-streams-server.ts';

const versionsByKey = (records: readonly StreamsApiRecord[]) => {
  const seen = records.map(({ dynamodb }) => ({
    key: dynamodb?.NewImage?.['pk']?.S,
    version: Number(dynamodb?.NewImage?.['version']?.N),
  }));
  return new Map(
    [...Map.groupBy(seen, ({ key }) => key)].map(([key, versions]) => [
      key,
      versions.map(({ version }) => version),
    ]),
  );
};

it('a reader that goes by lineage gets each record once, and those of a key in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      scheduleSteps,
      fc.record({ shards: fc.integer({ min: 1, max: 3 }), shardsPerPage: fc.integer({ min: 1, max: 4 }) }),
      fc.integer({ min: 0, max: 3 }),
      async (steps, shape, unlistedCalls) => {
        await using server = await startStreamsServer({
          ...shape,
          unlistedCalls,
          firstSequenceNumber: '999999999999999999800',
        });
        const client = new DynamoDBStreamsClient(configOf(server.endpoint));
        const reader = createLineageReader(client, server.streamArn);
        const written = new Map<string, number[]>();
        for (const step of steps) {
          runStep(server, step, (key, version) => written.set(key, [...(written.get(key) ?? []), version]));
          if (step.kind === 'read') await reader.step(step.limit);
        }
        server.disable();
        // Children that are not listed yet are no sign that the stream is over.
        let quiet = 0;
        while (quiet <= unlistedCalls) quiet = (await reader.step()) ? 0 : quiet + 1;
        client.destroy();
        expect(versionsByKey(reader.records())).toEqual(written);
        expect(new Set(reader.records().map(({ eventID }) => eventID)).size).toBe(reader.records().length);
      },
    ),
    { numRuns: 60 },
  );
});
