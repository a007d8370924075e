import { GetQueueAttributesCommand, SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import type { JsonObject } from '../../../src/local/template/json.ts';
import { lambda, runService, templateOf } from './small-service.ts';

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

const queue = (more: JsonObject = {}): JsonObject => ({ Type: 'AWS::SQS::Queue', Properties: more });
const ofQueue = (more: JsonObject = {}): JsonObject => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: {
    EventSourceArn: { 'Fn::GetAtt': ['Jobs', 'Arn'] },
    FunctionName: { Ref: 'Worker' },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ...more,
  },
});
const worker = lambda('worker', { Timeout: 1 });

/** Says the bodies, and whether it is a later try; names those that begin with "bad". */
const saysBodies = `export const handler = async ({ Records }) => {
  for (const { body, attributes } of Records)
    console.log(body + (attributes.ApproximateReceiveCount === '1' ? '' : ' again'));
  if (Records.some(({ body }) => body === 'throw')) throw new Error('no');
  const bad = Records.filter(({ body }) => body.startsWith('bad'));
  return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) };
};`;

async function runQueue(
  stackName: string,
  {
    jobs = {},
    mapping = {},
    code = saysBodies,
    resources = {},
  }: {
    readonly jobs?: JsonObject;
    readonly mapping?: JsonObject;
    readonly code?: string;
    readonly resources?: JsonObject;
  } = {},
) {
  const run = await runService(stack, stackName, {
    'template.json': templateOf({
      Jobs: queue({ VisibilityTimeout: 1, ...jobs }),
      Worker: worker,
      Mapping: ofQueue(mapping),
      ...resources,
    }),
    'worker/index.mjs': code,
  });
  const sqs = run.sqs;
  const urlOf = (logicalId: string) => run.service.applied().queueUrls.get(logicalId) ?? '';
  const attributesOf = async (logicalId: string): Promise<Readonly<Record<string, string>>> => {
    const QueueUrl = urlOf(logicalId);
    const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] });
    return (await sqs.send(command)).Attributes ?? {};
  };
  return {
    ...run,
    send: async (bodies: readonly string[], groupOf?: (body: string) => string) => {
      const Entries = bodies.map((body, index) => ({
        Id: String(index),
        MessageBody: body,
        ...(groupOf && { MessageGroupId: groupOf(body), MessageDeduplicationId: body }),
      }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: urlOf('Jobs'), Entries }));
    },
    waiting: async () => Number((await attributesOf('Jobs'))['ApproximateNumberOfMessages']),
    /** Messages that wait or are in hand. */
    left: async (logicalId = 'Jobs') => {
      const attributes = await attributesOf(logicalId);
      return (
        Number(attributes['ApproximateNumberOfMessages']) +
        Number(attributes['ApproximateNumberOfMessagesNotVisible'])
      );
    },
  };
}

describe('a queue that is mapped to a function', () => {
  it("hands its messages over in Lambda's form, and those that were handled are gone", async () => {
    const run = await runQueue('form', {
      code: `export const handler = async (event) => console.log(JSON.stringify(event));`,
      jobs: { VisibilityTimeout: 30 },
    });
    await run.send(['hello']);
    await expect.poll(() => run.lines.length, { timeout: 10_000, interval: 20 }).toBe(1);
    expect(JSON.parse(run.lines[0] ?? '')).toEqual({
      Records: [
        {
          messageId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
          receiptHandle: expect.any(String) as string,
          body: 'hello',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/) as string,
            SenderId: expect.any(String) as string,
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/) as string,
          },
          messageAttributes: {},
          md5OfBody: '5d41402abc4b2a76b9719d911017c592',
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:form-Jobs',
          awsRegion: 'us-east-1',
        },
      ],
    });
    await expect.poll(() => run.left(), { timeout: 5_000 }).toBe(0);
    expect(run.errors).toEqual([]);
  });

  it('delivers just the named ones again when their visibility timeout is over, until the redrive policy ends it', async () => {
    const run = await runQueue('named', {
      jobs: {
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Letters', 'Arn'] }, maxReceiveCount: 2 },
      },
      resources: { Letters: queue() },
    });
    await run.send(['good', 'bad one', 'better']);
    await expect.poll(() => run.left('Letters'), { timeout: 10_000 }).toBe(1);
    expect(run.lines.toSorted()).toEqual(['bad one', 'bad one again', 'better', 'good']);
    expect(await run.left()).toBe(0);
    expect(run.reports.map(({ outcome, attempt, next }) => [outcome.kind, attempt, next])).toEqual(
      expect.arrayContaining([
        ['partial-failure', 1, 'advance'],
        ['partial-failure', 2, 'retry'],
      ]),
    );
  });

  it('delivers all of a batch again if the function fails', async () => {
    const run = await runQueue('throws', {
      jobs: {
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Letters', 'Arn'] }, maxReceiveCount: 2 },
      },
      resources: { Letters: queue() },
    });
    await run.send(['throw', 'other']);
    await expect.poll(() => run.left('Letters'), { timeout: 10_000 }).toBe(2);
    expect(run.lines.toSorted()).toEqual(['other', 'other again', 'throw', 'throw again']);
  });

  it('keeps the messages of a FIFO group in order, behind one that fails too, and other groups go on', async () => {
    const run = await runQueue('fifo', {
      jobs: { FifoQueue: true },
      // The first try of "bad" fails.
      code: saysBodies.replace(
        `body.startsWith('bad')`,
        `body.startsWith('bad')).filter(({ attributes }) => attributes.ApproximateReceiveCount === '1'`,
      ),
    });
    await run.send(['a1', 'bad a2', 'a3', 'b1', 'b2'], (body) => body.replace('bad ', '')[0] ?? '');
    await expect.poll(() => run.lines.length, { timeout: 10_000 }).toBe(6);
    expect(run.lines.filter((line) => line.includes('a'))).toEqual(['a1', 'bad a2', 'bad a2 again', 'a3']);
    expect(run.lines.filter((line) => line.startsWith('b') && !line.includes('a'))).toEqual(['b1', 'b2']);
    expect(run.lines.indexOf('b2')).toBeLessThan(run.lines.indexOf('bad a2 again'));
  });

  it('collects a batch in its window, and deletes what the filter does not let through', async () => {
    const run = await runQueue('window', {
      mapping: {
        BatchSize: 25,
        MaximumBatchingWindowInSeconds: 2,
        FilterCriteria: { Filters: [{ Pattern: JSON.stringify({ body: { kind: ['order'] } }) }] },
      },
      jobs: { VisibilityTimeout: 20 },
    });
    const order = (id: number) => JSON.stringify({ kind: 'order', id });
    await run.send([1, 2, 3, 4, 5, 6, 7].map(order));
    await run.send(['plain', JSON.stringify({ kind: 'other' }), order(8)]);
    await expect.poll(() => run.reports.map(({ batchSize }) => batchSize), { timeout: 10_000 }).toEqual([8]);
    await expect.poll(() => run.left(), { timeout: 5_000 }).toBe(0);
  });

  it('gives back at its end what it has received and not handed over', async () => {
    const run = await runQueue('given-back', {
      mapping: { BatchSize: 25, MaximumBatchingWindowInSeconds: 60 },
      jobs: { VisibilityTimeout: 100 },
    });
    await run.send(['one', 'two']);
    await expect.poll(() => run.waiting(), { timeout: 5_000 }).toBe(0);
    await run.service.stop();
    expect([await run.waiting(), run.lines]).toEqual([2, []]);
  });

  it('is not read if the mapping is not enabled, and its function is not started', async () => {
    const run = await runQueue('off', {
      resources: {
        Off: ofQueue({ Enabled: false, FunctionName: { Ref: 'Replayer' } }),
        Replayer: lambda('none'),
      },
    });
    const { functions } = run.service.applied();
    expect(functions.notRun).toEqual([
      { logicalId: 'Off', type: 'AWS::Lambda::EventSourceMapping', reason: 'it is not enabled' },
      { logicalId: 'Replayer', type: 'AWS::Lambda::Function', reason: 'nothing invokes it here' },
    ]);
    expect(functions.functions.map(({ logicalId }) => logicalId)).toEqual(['Worker']);
  });

  it('takes other settings over, and ends with its mapping, without a message lost', async () => {
    const run = await runQueue('changed', { jobs: { VisibilityTimeout: 30 } });
    await run.send(['one']);
    await run.says('one');
    const template = (mapping: JsonObject) =>
      templateOf({ Jobs: queue({ VisibilityTimeout: 30 }), Worker: worker, Mapping: ofQueue(mapping) });
    run.write({ 'template.json': template({ BatchSize: 1 }) });
    await run.service.apply(run.templatePath);
    await run.send(['two', 'three']);
    await run.says('two');
    await run.says('three');
    await expect.poll(() => run.reports.map(({ batchSize }) => batchSize)).toEqual([1, 1, 1]);
    expect(run.errors).toEqual([]);
  });

  it('is refused if the function may take longer than a message is hidden, in the words of Lambda', async () => {
    await expect(
      runQueue('slow', { resources: { Worker: lambda('worker', { Timeout: 60 }) } }),
    ).rejects.toThrow(
      'The mapping Mapping cannot be started. Queue visibility timeout: 1 seconds is less than Function timeout: 60 seconds',
    );
  });

  it('leaves a function that does not run here, if something else does', async () => {
    const Python = {
      Type: 'AWS::Lambda::Function',
      Properties: { Code: 'py', Runtime: 'python3.13', Handler: 'a.b' },
    };
    const run = await runQueue('python', {
      resources: { Python, ToPython: ofQueue({ FunctionName: { Ref: 'Python' } }) },
    });
    const { functions } = run.service.applied();
    expect(functions.notRun).toMatchObject([
      { logicalId: 'Python' },
      { logicalId: 'ToPython', reason: 'its function Python does not run here' },
    ]);
    expect(functions.notRun[0]?.reason).toContain('is python3.13');
    expect(functions.queueMappings.map(({ logicalId }) => logicalId)).toEqual(['Mapping']);
  });
});
