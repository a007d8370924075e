import type {
  Message,
  SendMessageBatchCommandInput,
  SendMessageBatchCommandOutput,
} from '@aws-sdk/client-sqs';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { LocalStack } from '../../src/local/index.ts';

/** What a client for a local stack is made with. */
export const clientConfig = ({ environment }: Pick<LocalStack, 'environment'>) => ({
  region: environment.AWS_REGION,
  credentials: {
    accessKeyId: environment.AWS_ACCESS_KEY_ID,
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
  },
});

// A local queue's URL may carry a host that no one resolves.
export const sqsClient = (stack: Pick<LocalStack, 'environment'>): SQSClient =>
  new SQSClient({
    ...clientConfig(stack),
    endpoint: stack.environment.AWS_ENDPOINT_URL_SQS,
    useQueueUrlAsEndpoint: false,
  });

/** A new queue; its URL. One whose name ends in `.fifo` is a FIFO queue. */
export async function makeQueue(client: SQSClient, name: string): Promise<string> {
  const attributes = name.endsWith('.fifo') ? { Attributes: { FifoQueue: 'true' } } : {};
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: name, ...attributes }));
  if (QueueUrl === undefined) throw new Error('the queue has no URL');
  return QueueUrl;
}

/** Takes every message out of a queue, in the order in which it gives them. */
export async function takeMessages(client: SQSClient, queueUrl: string): Promise<readonly Message[]> {
  const taken: Message[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    if (Messages.length === 0) return taken;
    taken.push(...Messages);
    for (const { ReceiptHandle } of Messages)
      await client.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }
}

/** The batches that a client sends from now on. */
export function watchBatches(client: SQSClient): readonly SendMessageBatchCommandInput[] {
  const batches: SendMessageBatchCommandInput[] = [];
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'SendMessageBatchCommand')
          batches.push(args.input as SendMessageBatchCommandInput);
        return next(args);
      },
    { step: 'initialize' },
  );
  return batches;
}

/** Changes what the queue answered to a batch, as if it had answered so. */
export function answerOtherwise(
  client: SQSClient,
  change: (answer: SendMessageBatchCommandOutput) => Partial<SendMessageBatchCommandOutput>,
): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        if (commandName !== 'SendMessageBatchCommand') return result;
        const output = result.output as SendMessageBatchCommandOutput;
        return { ...result, output: { ...output, ...change(output) } };
      },
    { step: 'initialize' },
  );
}
