import { TrimmedDataAccessException } from '@aws-sdk/client-dynamodb-streams';
import { expect, it } from 'vitest';
import { runScripted } from '../run-scripted.ts';
import { scriptedStreams as streamsOf } from '../scripted-streams.ts';
import { virtualClock } from '../virtual-clock.ts';

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('the payload of the first batch of a window is within 6 MB', async () => {
  const sizes: number[] = [];
  // 2 records that fill 6 MB to the last bytes without the fields of the window.
  const records = (size: number) => [
    { n: 1, second: 1, newImage: { a: { S: 'x'.repeat(3_000_000) } } },
    { n: 2, second: 1, newImage: { a: { S: 'x'.repeat(size) } } },
  ];
  let best = 0;
  for (const size of [3_290_700, 3_290_600, 3_290_500]) {
    const { mapping } = await runScripted(
      streamsOf([{ shardId: 'a', isClosed: true, records: records(size) }]),
      {
        clock: virtualClock(60_000),
        TumblingWindowInSeconds: 30,
        FunctionResponseTypes: [],
        invoke: (event) => {
          sizes.push(Buffer.byteLength(JSON.stringify(event)));
          return { state: {} };
        },
      },
    );
    await mapping.untilCaughtUp();
    best = Math.max(best, ...sizes);
  }
  expect(best).toBeLessThanOrEqual(6 * 1024 * 1024);
});

it('an observer that rejects is told to onError, and does not end the process', async () => {
  const rejections: unknown[] = [];
  const listeners = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => rejections.push(reason));
  try {
    const { mapping } = await runScripted(streamsOf([{ shardId: 'a', records: [1] }]), {
      // eslint-disable-next-line @typescript-eslint/no-misused-promises
      onInvocation: async () => {
        await Promise.resolve();
        throw new Error('mine');
      },
    });
    await mapping.untilCaughtUp();
    await sleep(20);
  } finally {
    process.removeAllListeners('unhandledRejection');
    listeners.forEach((listener) => process.on('unhandledRejection', listener));
  }
  expect(rejections).toEqual([]);
});

it('a mapRecord that changes the sequence number is found out', async () => {
  const { errors } = await runScripted(streamsOf([{ shardId: 'a', records: [1, 2] }]), {
    mapRecord: (record) => ({
      ...record,
      dynamodb: { ...record.dynamodb, SequenceNumber: `9${record.dynamodb?.SequenceNumber ?? ''}` },
    }),
    invoke: ({ Records }) => ({
      batchItemFailures: [{ itemIdentifier: Records[1]?.dynamodb?.SequenceNumber }],
    }),
  });
  await sleep(50);
  expect(errors.length).toBeGreaterThan(0);
});

it('LATEST stays LATEST when what was to come next was trimmed', async () => {
  const streams = streamsOf([{ shardId: 'a', records: [{ n: 1, second: 900 }] }]);
  streams.failNext('getRecords', new TrimmedDataAccessException({ message: '', $metadata: {} }));
  const { mapping, delivered } = await runScripted(streams, {
    StartingPosition: 'LATEST',
    clock: virtualClock(1_000_000),
  });
  await mapping.untilCaughtUp();
  expect(delivered()).toEqual([]);
});
