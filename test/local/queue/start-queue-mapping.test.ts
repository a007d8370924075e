import type { ServiceInputTypes, ServiceOutputTypes } from '@aws-sdk/client-sqs';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSEvent } from 'aws-lambda';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/local/clock.ts';
import type { InvocationResult } from '../../../src/local/function/invocation.ts';
import { queueSettings } from '../../../src/local/queue/queue-settings.ts';
import { startQueueMapping } from '../../../src/local/queue/start-queue-mapping.ts';

const traits = { isFifo: false, visibilityTimeoutSeconds: 30, functionTimeoutSeconds: 1 };

/** A mapping of a queue that gives these answers to its receives, one after the other, and then nothing. */
function runMapping(
  queueName: string,
  receives: readonly (readonly string[] | Error)[],
  respond: (bodies: readonly string[]) => InvocationResult,
) {
  const left = receives.values();
  const sqs = new SQSClient({ region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
  const answer = async (input: ServiceInputTypes): Promise<ServiceOutputTypes> => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (!('MaxNumberOfMessages' in input)) return { Successful: [], Failed: [], $metadata: {} };
    const found = left.next().value ?? [];
    if (found instanceof Error) throw found;
    const Messages = found.map((body, index) => ({ MessageId: `${body[0] ?? ''}${index}`, Body: body }));
    return { Messages, $metadata: {} };
  };
  sqs.middlewareStack.add(
    () =>
      async ({ input }) => ({ output: await answer(input), response: undefined }),
    { step: 'initialize', priority: 'high' },
  );
  const invoked: string[] = [];
  const errors: Error[] = [];
  const mapping = startQueueMapping({
    sqs,
    queueUrl: `http://127.0.0.1/${queueName}`,
    queueArn: `arn:aws:sqs:us-east-1:000000000000:${queueName}`,
    region: 'us-east-1',
    settings: queueSettings(
      queueName.endsWith('.fifo') ? {} : { BatchSize: 25, MaximumBatchingWindowInSeconds: 1 },
      { ...traits, isFifo: queueName.endsWith('.fifo') },
    ),
    invoke: (eventJson) => {
      const bodies = (JSON.parse(eventJson) as SQSEvent).Records.map(({ body }) => body);
      invoked.push(bodies.map((body) => body[0]).join(''));
      return Promise.resolve({ requestId: 'r', durationMs: 1, result: respond(bodies) });
    },
    clock: systemClock,
    onInvocation: () => undefined,
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => mapping.stop());
  return { invoked, errors };
}

const fails: InvocationResult = { kind: 'function-error', reason: 'no', error: {} };
const succeeds: InvocationResult = { kind: 'returned', response: null };
/** Eight of them are more than one event can hold. */
const large = 'abcdefgh'.split('').map((letter) => letter.repeat(1_000_000));

it('runs nothing of a FIFO queue behind messages that were received with it and failed', async () => {
  const { invoked } = runMapping('Jobs.fifo', [large, ['z']], ([first]) =>
    first?.startsWith('a') === true ? fails : succeeds,
  );
  await expect.poll(() => invoked).toContain('z');
  expect(invoked).toEqual(['abcdef', 'z']);
});

it('hands over all that was received of a FIFO queue while nothing fails', async () => {
  const { invoked } = runMapping('Jobs.fifo', [large, ['z']], () => succeeds);
  await expect.poll(() => invoked.toSorted()).toEqual(['abcdef', 'gh', 'z']);
});

it('hands over the rest of a standard queue, whatever failed before', async () => {
  const { invoked } = runMapping('Jobs', [large, []], () => fails);
  await expect.poll(() => invoked, { timeout: 3_000 }).toEqual(['abcdef', 'gh']);
});

it('hands over what it has if the queue cannot be read to the end of the window', async () => {
  const { invoked, errors } = runMapping(
    'Jobs',
    [['a'], new Error('gone'), new Error('gone')],
    () => succeeds,
  );
  await expect.poll(() => errors.length, { timeout: 3_000 }).toBe(1);
  expect(invoked).toEqual(['a']);
});
