import { DescribeStreamCommand, DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  Checkpoints,
  EventSourceMappingOptions,
  InvocationReport,
  LambdaFunction,
  LocalStack,
} from '../../../src/local/index.ts';
import { startEventSourceMapping, startLocalStack } from '../../../src/local/index.ts';
import { failedFrom, idOf, named, openShop, sequenceNumberOf } from '../shop.ts';

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

const quick = { pollIntervalMs: 5, retry: { baseDelayMs: 5, maxDelayMs: 20 } };

/** A mapping on a fresh table, and everything that was seen of it. */
async function follow(
  table: string,
  invoke: LambdaFunction,
  options: Partial<EventSourceMappingOptions> = {},
) {
  const shop = await openShop(stack, table);
  const batches: (readonly string[])[] = [];
  const reports: InvocationReport[] = [];
  const start = (more: Partial<EventSourceMappingOptions> = {}) =>
    startEventSourceMapping({
      EventSourceArn: shop.streamArn,
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      stack,
      onInvocation: (report) => reports.push(report),
      ...quick,
      ...options,
      ...more,
      invoke: (event, context) => {
        batches.push(event.Records.map(idOf));
        return invoke(event, context);
      },
    });
  return { shop, batches, reports, start };
}

const succeed = () => undefined;

describe('an event source mapping on the real engines', () => {
  it("hands over Lambda's event: base64, epoch seconds, the ARN of the stream", async () => {
    const events: DynamoDBStreamEvent[] = [];
    const { shop, start } = await follow('Event', (event) => void events.push(event));
    await shop.put('a');
    await using mapping = await start();
    await mapping.untilCaughtUp();
    shop.close();

    const [record] = events[0]?.Records ?? [];
    expect(events).toHaveLength(1);
    expect(record).toMatchObject({
      eventName: 'INSERT',
      eventSource: 'aws:dynamodb',
      eventSourceARN: shop.streamArn,
      dynamodb: { Keys: { pk: { S: 'a' } }, NewImage: { pk: { S: 'a' }, photo: { B: '/wA=' } } },
    });
    const createdAt = record?.dynamodb?.ApproximateCreationDateTime ?? 0;
    expect(Math.abs(createdAt - Date.now() / 1_000)).toBeLessThan(60);
  });

  it('keeps the order of the stream over many batches', async () => {
    const { shop, batches, start } = await follow('Order', succeed, { BatchSize: 7 });
    const ids = named('order', 40);
    await using mapping = await start();
    await shop.put(...ids);
    await mapping.untilCaughtUp();
    shop.close();

    expect(batches.flat()).toEqual(ids);
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(7);
  });

  it('fills a batch that is larger than one read of the stream', async () => {
    const { shop, batches, start } = await follow('Large', succeed, { BatchSize: 10_000 });
    const ids = named('large', 1_200);
    await Promise.all(
      Array.from({ length: 12 }, (_, lane) => shop.put(...ids.slice(lane * 100, lane * 100 + 100))),
    );
    await using mapping = await start();
    await mapping.untilCaughtUp();
    shop.close();

    expect(batches).toHaveLength(1);
    expect(batches[0]?.toSorted()).toEqual(ids.toSorted());
  });

  it('waits for more until the batching window ends', async () => {
    const { shop, batches, start } = await follow('Window', succeed, { MaximumBatchingWindowInSeconds: 1 });
    await using mapping = await start();
    await shop.put('a');
    await new Promise((resolve) => setTimeout(resolve, 40));
    await shop.put('b');
    await mapping.untilCaughtUp();
    shop.close();

    expect(batches).toEqual([['a', 'b']]);
  });

  it('delivers again exactly from the checkpoint that a partial response names', async () => {
    let failures = 1;
    const { shop, batches, reports, start } = await follow('Partial', ({ Records }) => {
      const failed = Records.findIndex((record) => idOf(record) === 'c');
      failures -= 1;
      return failures >= 0 ? failedFrom(Records[failed]) : null;
    });
    await shop.put('a', 'b', 'c', 'd');
    await using mapping = await start();
    await mapping.untilCaughtUp();
    shop.close();

    expect(batches).toEqual([
      ['a', 'b', 'c', 'd'],
      ['c', 'd'],
    ]);
    expect(reports.map(({ outcome, next, attempt }) => ({ ...outcome, next, attempt }))).toEqual([
      { kind: 'partial-failure', settled: 2, next: 'advance', attempt: 1 },
      { kind: 'complete-success', next: 'advance', attempt: 1 },
    ]);
  });

  it('writes a pointer with the right numbers for a poison record, as AWS was seen to do', async () => {
    const { shop, batches, start } = await follow(
      'Poison',
      ({ Records }) => failedFrom(Records.find((record) => idOf(record) === 'poison')),
      { BatchSize: 3, MaximumRetryAttempts: 3 },
    );
    const pointers: unknown[] = [];
    await shop.put('a', 'b', 'c', 'd', 'e', 'poison');
    await using mapping = await start({
      DestinationConfig: { OnFailure: { Destination: shop.queueArn } },
      FunctionName: 'orders',
      onGivenUp: (pointer) => pointers.push(pointer),
    });
    await shop.put('after');
    await mapping.untilCaughtUp();
    const letters = await shop.takePointers();
    shop.close();

    // Five deliveries for three retries: the first moved the checkpoint, and the count began afresh.
    const withPoison = batches.filter((batch) => batch.includes('poison'));
    expect(withPoison).toEqual([['d', 'e', 'poison'], ['poison'], ['poison'], ['poison'], ['poison']]);
    expect(batches.at(-1)).toEqual(['after']);
    expect(letters).toEqual(pointers);
    expect(letters).toEqual([
      {
        requestContext: {
          requestId: expect.any(String) as string,
          functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:orders',
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 4,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: null },
        version: '1.0',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
        DDBStreamBatchInfo: {
          shardId: 'shardId-00000001-Poison',
          startSequenceNumber: '6',
          endSequenceNumber: '6',
          approximateArrivalOfFirstRecord: expect.stringMatching(
            /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
          ) as string,
          approximateArrivalOfLastRecord: expect.stringMatching(
            /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
          ) as string,
          batchSize: 1,
          streamArn: shop.streamArn,
        },
      },
    ]);
  });

  it('gives a whole batch up when the function throws, and goes on behind it', async () => {
    const { shop, batches, start } = await follow(
      'Throws',
      ({ Records }) => {
        if (Records.some((record) => idOf(record) === 'b')) throw new Error('no');
      },
      { BatchSize: 2, MaximumRetryAttempts: 1 },
    );
    await shop.put('a', 'b', 'c');
    const checkpoints: Checkpoints[] = [];
    await using mapping = await start({
      DestinationConfig: { OnFailure: { Destination: shop.queueArn } },
      onGivenUp: () => checkpoints.push(mapping.checkpoints()),
    });
    await mapping.untilCaughtUp();
    const [pointer, ...others] = await shop.takePointers();
    shop.close();

    expect(batches).toEqual([['a', 'b'], ['a', 'b'], ['c']]);
    expect(checkpoints).toEqual([{ 'shardId-00000001-Throws': { kind: 'after', sequenceNumber: '2' } }]);
    expect(others).toEqual([]);
    expect(pointer).toMatchObject({
      requestContext: { approximateInvokeCount: 2 },
      responseContext: { functionError: 'Unhandled' },
      DDBStreamBatchInfo: { startSequenceNumber: '1', endSequenceNumber: '2', batchSize: 2 },
    });
  });

  it('counts an invocation beyond its time limit as an error of the function', async () => {
    const remaining: number[] = [];
    const { shop, reports, start } = await follow(
      'Slow',
      (_, context) => {
        remaining.push(context.getRemainingTimeInMillis());
        return remaining.length === 1 ? new Promise(() => undefined) : null;
      },
      { timeoutMs: 60 },
    );
    await shop.put('a');
    await using mapping = await start();
    await mapping.untilCaughtUp();
    shop.close();

    expect(reports.map(({ outcome, next }) => [outcome.kind, next])).toEqual([
      ['complete-failure', 'retry'],
      ['complete-success', 'advance'],
    ]);
    expect(reports[0]?.outcome).toMatchObject({ functionError: 'Unhandled' });
    expect(reports[0]?.durationMs).toBeGreaterThanOrEqual(55);
    expect(Math.min(...remaining)).toBeGreaterThan(0);
    expect(Math.max(...remaining)).toBeLessThanOrEqual(60);
  });

  it('keeps a batch until the on-failure queue accepts its pointer', async () => {
    const errors: Error[] = [];
    const { shop, batches, start } = await follow('NoQueue', ({ Records }) => failedFrom(Records[0]), {
      MaximumRetryAttempts: 0,
    });
    await shop.put('a');
    const mapping = await start({
      DestinationConfig: { OnFailure: { Destination: `${shop.queueArn}-missing` } },
      onError: (error) => errors.push(error),
    });
    await expect.poll(() => errors.length).toBeGreaterThan(1);
    await mapping.stop();
    shop.close();

    expect(batches).toEqual([['a']]);
    expect(mapping.checkpoints()).toEqual({});
    expect(errors[0]?.message).toContain('did not accept the pointer');
  });

  it('gives every change to each of two mappings on one stream', async () => {
    const { shop, batches, start } = await follow('Two', succeed, { BatchSize: 3 });
    const other: string[] = [];
    await using first = await start();
    await using second = await startEventSourceMapping({
      EventSourceArn: shop.streamArn,
      StartingPosition: 'TRIM_HORIZON',
      stack,
      ...quick,
      invoke: ({ Records }) => void other.push(...Records.map(idOf)),
    });
    const ids = named('two', 10);
    await shop.put(...ids);
    await Promise.all([first.untilCaughtUp(), second.untilCaughtUp()]);
    shop.close();

    expect(batches.flat()).toEqual(ids);
    expect(other).toEqual(ids);
  });

  it('goes on behind its checkpoints after a restart, and from the start without them', async () => {
    const { shop, batches, start } = await follow('Restart', ({ Records }) =>
      failedFrom(Records.find((record) => idOf(record) === 'c' && batches.length === 1)),
    );
    await shop.put('a', 'b', 'c');
    const first = await start({ retry: { baseDelayMs: 60_000, maxDelayMs: 60_000 } });
    await expect.poll(() => batches.length).toBe(1);
    await first.stop();
    const checkpoints: unknown = JSON.parse(JSON.stringify(first.checkpoints()));
    expect(checkpoints).toEqual({ 'shardId-00000001-Restart': { kind: 'after', sequenceNumber: '2' } });

    await shop.put('d');
    await using second = await start({ resumeFrom: first.checkpoints() });
    await second.untilCaughtUp();
    expect(batches.slice(1)).toEqual([['c', 'd']]);

    await using third = await start();
    await third.untilCaughtUp();
    shop.close();
    expect(batches.slice(2).flat()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('sees only what was written after its start when it starts at LATEST', async () => {
    const { shop, batches, start } = await follow('Latest', succeed, { StartingPosition: 'LATEST' });
    await shop.put('before');
    await using mapping = await start();
    await shop.put('after');
    await mapping.untilCaughtUp();
    shop.close();

    expect(batches).toEqual([['after']]);
  });

  it('lets the running invocation end when it is stopped, and keeps what that settled', async () => {
    const entered = Promise.withResolvers<undefined>();
    const leave = Promise.withResolvers<undefined>();
    const { shop, batches, start } = await follow('Stop', async () => {
      entered.resolve(undefined);
      await leave.promise;
    });
    await shop.put('a');
    const mapping = await start();
    await entered.promise;
    const stopped = mapping.stop();
    leave.resolve(undefined);
    await stopped;
    await mapping.stop();
    await shop.put('b');
    shop.close();

    expect(batches).toEqual([['a']]);
    expect(mapping.checkpoints()).toEqual({
      'shardId-00000001-Stop': { kind: 'after', sequenceNumber: '1' },
    });
    await expect(mapping.untilCaughtUp()).rejects.toMatchObject({ code: 'LOCAL_STACK' });
  });

  it('does not wait for a running invocation that it is told to abandon', async () => {
    const entered = Promise.withResolvers<undefined>();
    const { shop, reports, start } = await follow('Abandon', () => {
      entered.resolve(undefined);
      return new Promise(() => undefined);
    });
    await shop.put('a');
    const mapping = await start();
    await entered.promise;
    await mapping.stop({ abandon: true });
    shop.close();

    expect(reports).toEqual([]);
    expect(mapping.checkpoints()).toEqual({});
  });

  it('ignores the response when batch item failures are not to be reported', async () => {
    const { shop, batches, start } = await follow('Ignored', ({ Records }) => failedFrom(Records[0]), {
      FunctionResponseTypes: [],
    });
    await shop.put('a', 'b');
    await using mapping = await start();
    await mapping.untilCaughtUp();
    shop.close();

    expect(batches.flat()).toEqual(['a', 'b']);
  });

  it('outlives observers that throw, and says so', async () => {
    const errors: Error[] = [];
    const { shop, batches, start } = await follow('Observers', succeed);
    await shop.put('a');
    await using mapping = await start({
      onInvocation: () => {
        throw new Error('not today');
      },
      onError: (error) => errors.push(error),
    });
    await mapping.untilCaughtUp();
    shop.close();

    expect(batches).toEqual([['a']]);
    expect(errors.map(({ message }) => message)).toEqual(['onInvocation of an event source mapping threw.']);
  });

  it('cannot be changed through the event: the next delivery is as fresh as the first', async () => {
    const seen: string[] = [];
    const { shop, start } = await follow('Fresh', ({ Records }) => {
      const [record] = Records;
      const answer = failedFrom(record);
      seen.push(sequenceNumberOf(record));
      if (record?.dynamodb) record.dynamodb.SequenceNumber = '999';
      return seen.length === 1 ? answer : null;
    });
    await shop.put('a');
    await using mapping = await start();
    await mapping.untilCaughtUp();
    shop.close();

    expect(seen).toEqual(['1', '1']);
  });

  it('works with clients that it is given, and leaves them as they are', async () => {
    const { environment } = stack;
    const config = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
    const streams = new DynamoDBStreamsClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_DYNAMODB });
    const sqs = new SQSClient({ ...config, endpoint: environment.AWS_ENDPOINT_URL_SQS });
    const { shop, batches, start } = await follow('Clients', ({ Records }) => failedFrom(Records[0]), {
      clients: { streams, sqs },
      MaximumRetryAttempts: 0,
    });
    await shop.put('a');
    const mapping = await start({ DestinationConfig: { OnFailure: { Destination: shop.queueArn } } });
    await mapping.untilCaughtUp();
    await mapping.stop();

    expect(batches).toEqual([['a']]);
    expect(await shop.takePointers()).toHaveLength(1);
    expect(await streams.send(new DescribeStreamCommand({ StreamArn: shop.streamArn }))).toHaveProperty(
      'StreamDescription.StreamStatus',
      'ENABLED',
    );
    streams.destroy();
    sqs.destroy();
    shop.close();
  });

  it('does not start on a stream that is not there', async () => {
    const EventSourceArn = 'arn:aws:dynamodb:dynoxide:000000000000:table/Nowhere/stream/1';
    const options = { EventSourceArn, StartingPosition: 'LATEST', stack, invoke: succeed } as const;
    await expect(startEventSourceMapping(options)).rejects.toMatchObject({
      code: 'LOCAL_STACK',
      message: expect.stringContaining(`Stream not found: ${EventSourceArn}`) as string,
    });
  });
});
