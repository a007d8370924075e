import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import type { JsonObject } from '../../../src/local/template/json.ts';
import {
  lambda,
  mapping,
  nowSeconds,
  resources,
  runService,
  table,
  teller,
  templateOf,
  zipOf,
} from './small-service.ts';

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

describe('a service on the real engines', () => {
  it('brings each change to every function that is mapped, in the environment that the template gives it', async () => {
    const environment = {
      Environment: {
        Variables: {
          TABLE: { Ref: 'Items' },
          QUEUE_ARN: { 'Fn::GetAtt': ['Failures', 'Arn'] },
          QUEUE_URL: { Ref: 'Failures' },
          SUB: { 'Fn::Sub': 'table ${Items}' },
          JOINED: { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] },
        },
      },
    };
    const printer = `export const handler = async ({ Records }) => console.log(JSON.stringify([Records.length,
      ...['TABLE', 'QUEUE_ARN', 'QUEUE_URL', 'SUB', 'JOINED', 'GIVEN'].map((name) => process.env[name])]));`;
    const run = await runService(
      stack,
      'every',
      {
        'template.json': templateOf({
          ...resources,
          Failures: { Type: 'AWS::SQS::Queue', Properties: {} },
          Told: lambda('told.zip'),
          Second: lambda('second', environment),
          ToSecond: mapping('Second'),
        }),
        'told.zip': zipOf({ 'index.mjs': teller() }),
        'second/index.mjs': printer,
      },
      { environment: { GIVEN: 'by hand' } },
    );
    await run.put('one');
    await run.service.untilCaughtUp();
    const url = `${stack.endpoints.sqs}/000000000000/every-Failures`;
    const arn = 'arn:aws:sqs:us-east-1:000000000000:every-Failures';
    expect(run.lines.toSorted()).toEqual([
      JSON.stringify([1, 'every-Items', arn, url, 'table every-Items', 'a-us-east-1', 'by hand']),
      'said INSERT one',
    ]);
    expect(run.errors).toEqual([]);
  });

  it.each(['NEW_AND_OLD_IMAGES', 'KEYS_ONLY'])(
    'marks what time has deleted, and not what was deleted by hand (%s)',
    async (StreamViewType) => {
      const name = StreamViewType.toLowerCase().replaceAll('_', '-');
      const run = await runService(stack, name, {
        'template.json': templateOf({
          ...resources,
          Items: table({ StreamSpecification: { StreamViewType } }),
        }),
        'told/index.mjs': teller(),
      });
      await run.put('by-hand');
      await run.put('later', nowSeconds() + 3_600);
      await run.put('expired', nowSeconds() - 5);
      await run.put('long-ago', nowSeconds() - 6 * 365 * 86_400);
      await run.remove('by-hand');
      await run.says('said REMOVE expired dynamodb.amazonaws.com');
      expect(run.lines.filter((line) => line.includes('REMOVE')).toSorted()).toEqual([
        'said REMOVE by-hand',
        'said REMOVE expired dynamodb.amazonaws.com',
      ]);
    },
  );

  it('hands over only what the filter of the template lets through', async () => {
    const Pattern = JSON.stringify({ eventName: ['REMOVE'] });
    const run = await runService(stack, 'filter', {
      'template.json': templateOf({
        ...resources,
        Mapping: mapping('Told', { FilterCriteria: { Filters: [{ Pattern }] } }),
      }),
      'told/index.mjs': teller(),
    });
    await run.put('a');
    await run.remove('a');
    await run.service.untilCaughtUp();
    expect(run.lines).toEqual(['said REMOVE a']);
  });
});

describe('a function that breaks', () => {
  const failing = { MaximumRetryAttempts: 1 };
  const to = (Destination: JsonObject | string) => ({
    ...failing,
    DestinationConfig: { OnFailure: { Destination } },
  });
  const destinations: JsonObject = {
    Items: table(),
    Failures: { Type: 'AWS::SQS::Queue', Properties: {} },
    FromTopic: { Type: 'AWS::SQS::Queue', Properties: {} },
    Topic: {
      Type: 'AWS::SNS::Topic',
      Properties: { Subscription: [{ Protocol: 'sqs', Endpoint: { 'Fn::GetAtt': ['FromTopic', 'Arn'] } }] },
    },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
    Exits: lambda('exits'),
    Hangs: lambda('hangs', { Timeout: 1 }),
    Throws: lambda('throws'),
    ToQueue: mapping('Exits', to({ 'Fn::GetAtt': ['Failures', 'Arn'] })),
    ToTopic: mapping('Throws', to({ Ref: 'Topic' })),
    ToBucket: mapping('Hangs', to({ 'Fn::GetAtt': ['Bucket', 'Arn'] })),
  };

  it('is tried again and given up to the queue, the topic and the bucket of the template', async () => {
    const run = await runService(stack, 'breaks', {
      'template.json': templateOf(destinations),
      'exits/index.mjs': 'export const handler = () => process.exit(3);',
      'hangs/index.mjs': 'export const handler = () => { for (;;); };',
      'throws/index.mjs': `export const handler = async () => { throw new Error('secret'); };`,
    });
    await run.put('poison');
    const { queueUrls } = run.service.applied();
    const expected = {
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
      DDBStreamBatchInfo: { batchSize: 1 },
    };
    expect(await run.take(queueUrls.get('Failures') ?? '')).toMatchObject(expected);
    const envelope = (await run.take(queueUrls.get('FromTopic') ?? '')) as { readonly Message: string };
    expect(JSON.parse(envelope.Message)).toMatchObject(expected);
    await run.service.untilCaughtUp();
    expect(await objectIn('breaks-bucket')).toMatchObject({
      ...expected,
      payload: expect.stringMatching(/^\{"Records":\[\{/) as string,
    });
    const reasons = run.reports.map(({ functionName, attempt, outcome }) => [
      functionName,
      attempt,
      'reason' in outcome ? outcome.reason.replace(/RequestId: \S+ /, '') : outcome.kind,
    ]);
    expect(reasons.toSorted()).toEqual([
      ['breaks-Exits', 1, 'Error: Runtime exited with error: exit status 3'],
      ['breaks-Exits', 2, 'Error: Runtime exited with error: exit status 3'],
      ['breaks-Hangs', 1, 'Error: Task timed out after 1.00 seconds'],
      ['breaks-Hangs', 2, 'Error: Task timed out after 1.00 seconds'],
      ['breaks-Throws', 1, 'the function threw an error (Error)'],
      ['breaks-Throws', 2, 'the function threw an error (Error)'],
    ]);
    expect(run.errors).toEqual([]);
  });
});

async function objectIn(Bucket: string): Promise<unknown> {
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: stack.endpoints.sqs,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    forcePathStyle: true,
  });
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: Contents[0]?.Key }));
  const text = (await Body?.transformToString()) ?? 'null';
  client.destroy();
  return JSON.parse(text) as unknown;
}

describe('a template that Lambda refuses', () => {
  const starting = (changes: JsonObject) =>
    runService(stack, 'refused', {
      'template.json': templateOf({ ...resources, ...changes }),
      'told/index.mjs': teller(),
    });

  it.each([
    [
      'a setting out of its range',
      { BatchSize: 20_000 },
      "The mapping Mapping cannot be started. 1 validation error detected: Value '20000' at 'batchSize' failed",
    ],
    [
      'a filter that is no pattern',
      { FilterCriteria: { Filters: [{ Pattern: '{"eventName":"INSERT"}' }] } },
      'The mapping Mapping cannot be started. Invalid filter pattern definition.',
    ],
    [
      'a filter that is too long',
      { FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ eventName: ['x'.repeat(4_100)] }) }] } },
      'The mapping Mapping cannot be started. ',
    ],
  ])('for %s is refused with the name of the mapping', async (_, settings, message) => {
    await expect(starting({ Mapping: mapping('Told', settings) })).rejects.toThrow(message);
  });

  it('for two mappings of one stream to one function is refused, naming both (LS-SNAP: ResourceConflictException)', async () => {
    await expect(starting({ Again: mapping('Told') })).rejects.toThrow(
      /The event source arn \(" arn:aws:dynamodb:.+ "\) and function \(" refused-Told "\) provided mapping already exists\. Again is the second one; remove it or Mapping\./,
    );
  });

  it('for a table that cannot be made says which one', async () => {
    const KeySchema = [{ AttributeName: 'other', KeyType: 'HASH' }];
    await expect(starting({ Items: table({ KeySchema }) })).rejects.toThrow('Items could not be created.');
  });
});
