import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventSourceMappingOptions, LocalStack } from '../../../src/local/index.ts';
import { startEventSourceMapping, startLocalStack } from '../../../src/local/index.ts';
import { openShop } from '../shop.ts';

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

/** Gives two records up, with a function that always fails. */
async function giveUpTwo(table: string, Destination: string, more: Partial<EventSourceMappingOptions> = {}) {
  const shop = await openShop(stack, table);
  await shop.put('a', 'b');
  const events: DynamoDBStreamEvent[] = [];
  await using mapping = await startEventSourceMapping({
    EventSourceArn: shop.streamArn,
    StartingPosition: 'TRIM_HORIZON',
    MaximumRetryAttempts: 1,
    DestinationConfig: { OnFailure: { Destination } },
    retry: { baseDelayMs: 1, maxDelayMs: 1 },
    stack,
    invoke: (event) => {
      events.push(event);
      throw new Error('no');
    },
    ...more,
  });
  await mapping.untilCaughtUp();
  return { shop, events, mapping };
}

const config = () => ({
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  endpoint: stack.endpoints.sqs,
});

const pointer = (streamArn: string) => ({
  requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
  responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
  version: '1.0',
  DDBStreamBatchInfo: { startSequenceNumber: '1', endSequenceNumber: '2', batchSize: 2, streamArn },
});

describe('an on-failure destination', () => {
  it('that is a topic gets the pointer as the text of a message', async () => {
    const sns = new SNSClient(config());
    const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: 'failures' }));
    const shop = await openShop(stack, 'ToTopic');
    const subscription = { TopicArn, Protocol: 'sqs', Endpoint: shop.queueArn };
    await sns.send(new SubscribeCommand(subscription));
    await shop.put('a', 'b');
    await using mapping = await startEventSourceMapping({
      EventSourceArn: shop.streamArn,
      StartingPosition: 'TRIM_HORIZON',
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: TopicArn } },
      retry: { baseDelayMs: 1, maxDelayMs: 1 },
      stack,
      invoke: () => Promise.reject(new Error('no')),
    });
    await mapping.untilCaughtUp();
    const [envelope] = await shop.takePointers();
    sns.destroy();
    shop.close();

    const { Type, Message } = envelope as unknown as { readonly Type: string; readonly Message: string };
    expect(Type).toBe('Notification');
    expect(JSON.parse(Message)).toMatchObject(pointer(shop.streamArn));
  });

  it('that is a bucket gets the records too, as a text, under the key that Lambda gives it (prefix: LS-SNAP)', async () => {
    const s3 = new S3Client({ ...config(), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: 'failures' }));
    const { shop, events, mapping } = await giveUpTwo('ToBucket', 'arn:aws:s3:::failures');
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'failures' }));
    const Key = Contents[0]?.Key ?? '';
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'failures', Key }));
    const { payload, ...rest } = JSON.parse((await Body?.transformToString()) ?? '') as {
      readonly payload: string;
    };
    s3.destroy();
    shop.close();

    const day = String.raw`\d{4}/\d\d/\d\d`;
    const name = String.raw`\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}`;
    expect(Key).toMatch(new RegExp(`^aws/lambda/${mapping.UUID}/shardId-00000001-ToBucket/${day}/${name}$`));
    expect(rest).toMatchObject(pointer(shop.streamArn));
    expect(JSON.parse(payload)).toEqual(events[0]);
    expect(events[0]?.Records).toHaveLength(2);
  });

  it('that is a queue is counted', async () => {
    const shop = await openShop(stack, 'Counted');
    const { mapping } = await giveUpTwo('ToQueue', shop.queueArn);
    shop.close();
    expect(mapping.metrics()).toEqual({
      PolledEventCount: 2,
      FilteredOutEventCount: 0,
      InvokedEventCount: 4,
      FailedInvokeEventCount: 4,
      DroppedEventCount: 2,
      OnFailureDestinationDeliveredEventCount: 2,
    });
  });
});

describe('a mapping', () => {
  it('reads nothing while it is disabled, and goes on where it was when it is enabled', async () => {
    const shop = await openShop(stack, 'Enabled');
    const delivered: string[] = [];
    await shop.put('a');
    await using mapping = await startEventSourceMapping({
      EventSourceArn: shop.streamArn,
      StartingPosition: 'TRIM_HORIZON',
      Enabled: false,
      stack,
      invoke: ({ Records }) =>
        void delivered.push(...Records.map((record) => record.dynamodb?.Keys?.['pk']?.S ?? '')),
    });
    expect(mapping.state()).toBe('Disabled');
    await expect(mapping.untilCaughtUp()).rejects.toThrow('is disabled');
    await mapping.enable();
    await mapping.untilCaughtUp();
    await mapping.disable();
    await shop.put('b');
    expect(delivered).toEqual(['a']);
    await mapping.enable();
    await mapping.enable();
    await mapping.untilCaughtUp();
    expect(mapping.state()).toBe('Enabled');
    await mapping.stop();
    await mapping.enable();
    shop.close();

    expect(mapping.state()).toBe('Disabled');
    expect(delivered).toEqual(['a', 'b']);
  });

  it('can be told to try again at once', async () => {
    const shop = await openShop(stack, 'RetryNow');
    let isBroken = true;
    let failures = 0;
    await shop.put('a');
    await using mapping = await startEventSourceMapping({
      EventSourceArn: shop.streamArn,
      StartingPosition: 'TRIM_HORIZON',
      retry: { baseDelayMs: 3_600_000, maxDelayMs: 3_600_000 },
      stack,
      invoke: () => {
        if (!isBroken) return;
        failures += 1;
        throw new Error('no');
      },
    });
    await expect.poll(() => failures).toBe(1);
    isBroken = false;
    mapping.retryNow();
    await mapping.untilCaughtUp();
    shop.close();
    expect(failures).toBe(1);
  });

  it('is woken by a write, long before it would look by itself', async () => {
    const shop = await openShop(stack, 'Woken');
    const delivered = Promise.withResolvers<number>();
    await using mapping = await startEventSourceMapping({
      EventSourceArn: shop.streamArn,
      StartingPosition: 'LATEST',
      pollIntervalMs: 60_000,
      stack,
      invoke: () => delivered.resolve(performance.now()),
    });
    await mapping.untilCaughtUp();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const writtenAt = performance.now();
    await shop.put('a');
    expect((await delivered.promise) - writtenAt).toBeLessThan(200);
    shop.close();
  });

  it('says so when its stream is deleted while it is read', async () => {
    const shop = await openShop(stack, 'Deleted');
    const errors: string[] = [];
    await shop.put('a');
    await using mapping = await startEventSourceMapping({
      EventSourceArn: shop.streamArn,
      StartingPosition: 'TRIM_HORIZON',
      pollIntervalMs: 5,
      stack,
      invoke: () => null,
      onError: ({ message }) => errors.push(message),
    });
    await mapping.untilCaughtUp();
    await shop.deleteTable();
    await expect
      .poll(() => errors.at(-1), { timeout: 5_000 })
      .toContain(`Stream not found: ${shop.streamArn}`);
    await expect(mapping.untilCaughtUp()).rejects.toThrow('Stream not found');
    const told = errors.length;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(errors).toHaveLength(told);
    shop.close();
  });
});
