import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EventSourceMappingOptions, OnFailurePointer } from '../../src/local/index.ts';
import { startEventSourceMapping } from '../../src/local/index.ts';
import { exactStreamsClient } from '../../src/stream/exact-streams-client.ts';
import { configOf, serverForTest } from './clients.ts';
import { runStep, scheduleSteps } from './schedule.ts';
import type { StreamsServer } from './start-streams-server.ts';
import { startStreamsServer } from './start-streams-server.ts';

const mapOn = async (server: StreamsServer, options: Partial<EventSourceMappingOptions>) => {
  const streams = exactStreamsClient(configOf(server.endpoint));
  const mapping = await startEventSourceMapping({
    EventSourceArn: server.streamArn,
    StartingPosition: 'TRIM_HORIZON',
    pollIntervalMs: 1,
    shardDiscoveryIntervalMs: 2,
    retry: { baseDelayMs: 1, maxDelayMs: 1 },
    onError: () => undefined,
    clients: { streams },
    invoke: () => null,
    ...options,
  });
  return {
    ...mapping,
    stop: async () => {
      await mapping.stop();
      streams.destroy();
    },
  };
};

const keyOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.NewImage?.['pk']?.S ?? '';
const versionOf = ({ dynamodb }: DynamoDBRecord) => Number(dynamodb?.NewImage?.['version']?.N);
const numberOf = ({ dynamodb }: DynamoDBRecord) => dynamodb?.SequenceNumber ?? '';

it('delivers a stream that splits and is full of empty pages, each record once, in order for its item', async () => {
  await fc.assert(
    fc.asyncProperty(
      scheduleSteps,
      fc.record({
        BatchSize: fc.integer({ min: 1, max: 7 }),
        ParallelizationFactor: fc.integer({ min: 1, max: 3 }),
        BisectBatchOnFunctionError: fc.boolean(),
      }),
      fc.record({ shards: fc.integer({ min: 1, max: 3 }), unlistedCalls: fc.integer({ min: 0, max: 2 }) }),
      /** Each how many records one is refused the first time. */
      fc.integer({ min: 2, max: 9 }),
      async (steps, settings, options, every) => {
        await using server = await startStreamsServer({
          ...options,
          firstSequenceNumber: '999999999999999999800',
        });
        const written = new Map<string, number[]>();
        const taken = new Map<string, number[]>();
        const refused = new Set<string>();
        const refuses = (record: DynamoDBRecord) => {
          if (versionOf(record) % every !== 0 || refused.has(numberOf(record))) return false;
          refused.add(numberOf(record));
          return true;
        };
        const mapping = await mapOn(server, {
          ...settings,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          invoke: ({ Records }) => {
            const at = Records.findIndex(refuses);
            const done = at < 0 ? Records : Records.slice(0, at);
            for (const record of done)
              taken.set(keyOf(record), [...(taken.get(keyOf(record)) ?? []), versionOf(record)]);
            const [failed] = Records.slice(done.length);
            return { batchItemFailures: failed ? [{ itemIdentifier: numberOf(failed) }] : [] };
          },
        });
        for (const step of steps) {
          runStep(server, step, (key, version) => written.set(key, [...(written.get(key) ?? []), version]));
          if (step.kind === 'read') await new Promise(setImmediate);
        }
        server.emptyPages(0);
        server.disable();
        const ids = server.shards().map(({ shardId }) => shardId);
        await expect
          .poll(() => ids.every((id) => mapping.checkpoints()[id]?.kind === 'drained'), {
            interval: 2,
            timeout: 15_000,
          })
          .toBe(true);
        await mapping.stop();
        expect(taken).toEqual(written);
      },
    ),
    { numRuns: 40 },
  );
});

it('gives up a poison record of one shard with its pointer, while the others go on', async () => {
  const server = await serverForTest({ shards: 3 });
  server.put(
    Array.from({ length: 30 }, (_, n) => ({
      newImage: { pk: { S: `key-${n}` }, version: { N: String(n) } },
    })),
  );
  const taken: number[] = [];
  const pointers: OnFailurePointer[] = [];
  const mapping = await mapOn(server, {
    BisectBatchOnFunctionError: true,
    MaximumRetryAttempts: 1,
    onGivenUp: (pointer) => pointers.push(pointer),
    invoke: ({ Records }) => {
      if (Records.some((record) => versionOf(record) === 17)) throw new Error('poison');
      taken.push(...Records.map(versionOf));
    },
  });
  await mapping.untilCaughtUp();
  await mapping.stop();
  expect(taken.toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 30 }, (_, n) => n).filter((n) => n !== 17),
  );
  const shard = server.shards().find(({ shardId }) => shardId === pointers[0]?.DDBStreamBatchInfo.shardId);
  const { startSequenceNumber = '', endSequenceNumber } = pointers[0]?.DDBStreamBatchInfo ?? {};
  expect(pointers).toHaveLength(1);
  expect(startSequenceNumber).toBe(endSequenceNumber);
  expect(shard?.sequenceNumbers).toContain(startSequenceNumber);
});

it('reads on over throttling, broken connections and expired iterators', async () => {
  const server = await serverForTest({ shards: 2 });
  const taken: number[] = [];
  const mapping = await mapOn(server, {
    BatchSize: 3,
    invoke: ({ Records }) => void taken.push(...Records.map(versionOf)),
  });
  for (let round = 0; round < 8; round += 1) {
    server.failNext('GetRecords', 'LimitExceededException', 1);
    server.failNext('GetRecords', 'BrokenConnection', 1);
    server.put(
      Array.from({ length: 5 }, (_, n) => ({
        newImage: { pk: { S: `key-${n}` }, version: { N: String(round * 5 + n) } },
      })),
    );
    server.expireIterators();
    await mapping.untilCaughtUp();
  }
  await mapping.stop();
  expect(taken.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, n) => n));
});
