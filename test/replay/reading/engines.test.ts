import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { DynamoDBRecord } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReplayError } from '../../../src/errors.ts';
import type { EventSourceMappingOptions, LocalStack } from '../../../src/local/index.ts';
import { startEventSourceMapping, startLocalStack } from '../../../src/local/index.ts';
import type { Found, Pointer } from '../../../src/replay/reading/found.ts';
import { createMessageReader } from '../../../src/replay/reading/read-message.ts';
import { createRangeReader } from '../../../src/replay/reading/read-range.ts';
import { fetchObjectFromS3 } from '../../../src/replay/reading/s3-object.ts';
import { exactStreamsClient } from '../../../src/stream/exact-streams-client.ts';
import { clientConfig } from '../../dead-letter/queues.ts';
import { instantRuntime } from '../../instant-runtime.ts';
import { openShop } from '../../local/shop.ts';
import { event, pointerBody, pointerRead, someRecords, written } from './messages.ts';

let stack: LocalStack;
let s3: S3Client;
beforeAll(async () => {
  stack = await startLocalStack();
  s3 = new S3Client({
    ...clientConfig(stack),
    endpoint: stack.environment.AWS_ENDPOINT_URL_S3,
    forcePathStyle: true,
  });
  await s3.send(new CreateBucketCommand({ Bucket: 'failures' }));
});
afterAll(async () => {
  s3.destroy();
  await stack.stop();
});

describe('an object in a bucket', () => {
  const keep = (Key: string, content: string) =>
    s3.send(new PutObjectCommand({ Bucket: 'failures', Key, Body: content }));
  const read = (key: string, options: { readonly maxBytes?: number } = {}): Promise<Found> =>
    createMessageReader({ fetchObject: fetchObjectFromS3({ client: s3, ...options }) })({
      body: JSON.stringify({ Records: [written(encodeURIComponent(key).replaceAll('%20', '+'))] }),
    });
  const whole = JSON.stringify(pointerBody({ more: { payload: JSON.stringify(event) } }));

  it('is what a notification tells of', async () => {
    await keep('aws/lambda/an ä+b', whole);
    expect(await read('aws/lambda/an ä+b')).toEqual({
      kind: 'pointer',
      pointer: { ...pointerRead, records: someRecords },
    });
  });

  it('is left alone, with the reason, if it is not there or too large', async () => {
    await keep('large', whole);
    const why = async (key: string, maxBytes?: number) => {
      const found = await read(key, maxBytes === undefined ? {} : { maxBytes });
      return found.kind === 'foreign' ? found.why : found.kind;
    };
    expect(await why('large', whole.length)).toBe('pointer');
    expect(await why('large', whole.length - 1)).toContain('larger than');
    expect(await why('missing')).toContain('is not there');
  });

  it('is not read beyond the bound, whatever length it claims to have', async () => {
    let given = 0;
    const endless = async function* () {
      for (;;) {
        given += 1_000;
        yield await Promise.resolve(new Uint8Array(1_000));
      }
    };
    const client = { send: () => Promise.resolve({ Body: endless(), ContentLength: 1 }) };
    const fetchObject = fetchObjectFromS3({ client, maxBytes: 10_000 });
    await expect(fetchObject({ bucket: 'b', key: 'k' })).rejects.toThrow(ReplayError);
    expect(given).toBeLessThan(13_000);
  });
});

describe('what a mapping gives up', () => {
  /** Gives everything up in batches of five, and reads the pointers that lie in the queue then. */
  async function giveUp(
    table: string,
    ids: readonly string[],
    more: Partial<EventSourceMappingOptions> = {},
  ) {
    const shop = await openShop(stack, table);
    const given: DynamoDBRecord[] = [];
    await shop.put(...ids);
    await using mapping = await startEventSourceMapping({
      EventSourceArn: shop.streamArn,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 5,
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: shop.queueArn } },
      retry: { baseDelayMs: 1, maxDelayMs: 1 },
      stack,
      invoke: (batch) => {
        given.push(...batch.Records);
        throw new Error('no');
      },
      ...more,
    });
    await mapping.untilCaughtUp();
    const read = createMessageReader();
    const found = await Promise.all(
      (await shop.takePointers()).map((body) => read({ body: JSON.stringify(body) })),
    );
    shop.close();
    const pointers = found.flatMap((one) => (one.kind === 'pointer' ? [one.pointer] : []));
    expect(pointers).toHaveLength(found.length);
    return { given, pointers: pointers.toSorted((a, b) => Number(a.first) - Number(b.first)) };
  }
  const rangeReader = (more: Partial<Parameters<typeof createRangeReader>[0]> = {}) => {
    const endpoint = stack.environment.AWS_ENDPOINT_URL_DYNAMODB_STREAMS;
    const client = exactStreamsClient({ ...clientConfig(stack), endpoint });
    return createRangeReader({
      client,
      runtime: instantRuntime(),
      signal: new AbortController().signal,
      ...more,
    });
  };
  const names = Array.from({ length: 12 }, (_, index) => `item-${index}`);

  it('is read from the stream as the function was given it, bytes and dates and all', async () => {
    const { given, pointers } = await giveUp('GivenUp', names);
    const read = rangeReader();
    const ranges = [];
    for (const pointer of pointers) ranges.push(await read(pointer));
    expect(pointers.map(({ batchSize }) => batchSize)).toEqual([5, 5, 2]);
    expect(ranges.every((range) => range.kind === 'whole' && range.isExact)).toBe(true);
    expect(ranges.flatMap(({ records }) => records)).toEqual(given);
  });

  it('is read with the filter of the mapping where it has one', async () => {
    const Pattern = JSON.stringify({ dynamodb: { Keys: { pk: { S: [{ suffix: '1' }] } } } });
    const FilterCriteria = { Filters: [{ Pattern }] };
    const { given, pointers } = await giveUp('Filtered', names, { FilterCriteria });
    const pointer = pointers[0] as Pointer;
    expect(await rangeReader({ filter: FilterCriteria })(pointer)).toEqual({
      kind: 'whole',
      isExact: true,
      records: given,
    });
    expect(await rangeReader()(pointer)).toMatchObject({ kind: 'whole', isExact: false });
  });

  it('is expired if the pointer names what the stream does not have', async () => {
    const { pointers } = await giveUp('Beyond', names.slice(0, 3));
    const pointer = { ...(pointers[0] as Pointer), last: '99', batchSize: 3 };
    expect(await rangeReader()(pointer)).toMatchObject({ kind: 'expired' });
    const other = { ...pointer, streamArn: pointer.streamArn.replace('Beyond', 'Nowhere') };
    expect(await rangeReader()(other)).toMatchObject({ kind: 'expired', records: [] });
  });
});
