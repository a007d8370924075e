import type { Message, SQSClient } from '@aws-sdk/client-sqs';
import { readAttributes, writeAttributes } from './message-attributes.ts';
import type { Queue, QueueMessage } from './queue.ts';
import { interrupted, queueError } from './queue-error.ts';

/** The most messages of a request.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
const mostPerRequest = 10;
/** So that a long list is through soon, and the connections of the client suffice for others beside it. */
const requestsAtOnce = 8;

export interface SqsQueueOptions {
  readonly queueUrl: string;
  /** A client of your own. Default: one made when it is needed, for the region that the queue's URL names. */
  readonly client?: SQSClient;
}

/** A queue of SQS. Its client is loaded with the first operation. */
export function sqsQueue({ queueUrl, client }: SqsQueueOptions): Queue {
  let loaded: Promise<Loaded> | undefined;
  // Once: an import is looked up anew each time, and there is a request for every ten messages.
  const load = () => (loaded ??= loadSqs(queueUrl, client));
  const asError = (action: string) => (cause: unknown) => {
    throw queueError(queueUrl, action, cause);
  };

  const changeAll = async (receipts: readonly string[], change: ChangeTen): Promise<readonly string[]> => {
    const batches = Array.from({ length: Math.ceil(receipts.length / mostPerRequest) }, (_, index) =>
      receipts.slice(index * mostPerRequest, (index + 1) * mostPerRequest),
    );
    return (await mapSome(batches, async (batch) => untaken(batch, await change(batch)))).flat();
  };

  return {
    url: queueUrl,
    isFifo: queueUrl.endsWith('.fifo'),
    async facts(signal) {
      const { sqs, sdk } = await load();
      const command = new sdk.GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: [...factNames],
      });
      const { Attributes = {} } = await sqs.send(command, optionsFor(signal)).catch((cause: unknown) => {
        if (signal?.aborted === true) throw interrupted(queueUrl, cause);
        throw queueError(queueUrl, 'sqs:GetQueueAttributes', cause);
      });
      return {
        visible: Number(Attributes['ApproximateNumberOfMessages'] ?? 0),
        inFlight: Number(Attributes['ApproximateNumberOfMessagesNotVisible'] ?? 0),
        delayed: Number(Attributes['ApproximateNumberOfMessagesDelayed'] ?? 0),
        retentionSeconds: Number(Attributes['MessageRetentionPeriod'] ?? 345_600),
        visibilityTimeoutSeconds: Number(Attributes['VisibilityTimeout'] ?? 30),
      };
    },
    async receive({ visibilitySeconds, waitSeconds, signal }) {
      const { sqs, sdk } = await load();
      const command = new sdk.ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: mostPerRequest,
        VisibilityTimeout: visibilitySeconds,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: [
          'SentTimestamp',
          'ApproximateReceiveCount',
          'MessageGroupId',
          'MessageDeduplicationId',
        ],
        MessageAttributeNames: ['All'],
      });
      const { Messages = [] } = await sqs.send(command, optionsFor(signal)).catch((cause: unknown) => {
        if (signal?.aborted === true) return { Messages: [] };
        throw queueError(queueUrl, 'sqs:ReceiveMessage', cause);
      });
      return Messages.flatMap(toQueueMessage);
    },
    async keep(receipts, visibilitySeconds) {
      const { sqs, sdk } = await load();
      return changeAll(receipts, (batch) => {
        const Entries = entriesOf(batch).map((entry) => ({ ...entry, VisibilityTimeout: visibilitySeconds }));
        return sqs
          .send(new sdk.ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }))
          .catch(asError('sqs:ChangeMessageVisibility'));
      });
    },
    async delete(receipts) {
      const { sqs, sdk } = await load();
      return changeAll(receipts, (batch) =>
        sqs
          .send(new sdk.DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entriesOf(batch) }))
          .catch(asError('sqs:DeleteMessage')),
      );
    },
    async send(message) {
      const { body, fifo } = message;
      const { sqs, sdk } = await load();
      const command = new sdk.SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: writeAttributes(message),
        ...(fifo && { MessageGroupId: fifo.groupId, MessageDeduplicationId: fifo.deduplicationId }),
      });
      await sqs.send(command).catch(asError('sqs:SendMessage'));
    },
  };
}

const optionsFor = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { abortSignal: signal });

const factNames = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'MessageRetentionPeriod',
  'VisibilityTimeout',
] as const;

interface BatchAnswer {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
}

type ChangeTen = (receipts: readonly string[]) => Promise<BatchAnswer>;

/** A request may not name the same entry twice, so each has its place for a name. */
const entriesOf = (receipts: readonly string[]) =>
  receipts.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));

/** What is in neither of the answer's lists was not taken either. */
function untaken(batch: readonly string[], { Successful = [] }: BatchAnswer): readonly string[] {
  const taken = new Set(Successful.map(({ Id }) => Id));
  return batch.filter((_, index) => !taken.has(String(index)));
}

/** Several at once; what has begun has ended when it rejects. */
async function mapSome<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let begin = 0; begin < items.length; begin += requestsAtOnce) {
    const settled = await Promise.allSettled(items.slice(begin, begin + requestsAtOnce).map(map));
    for (const one of settled) {
      if (one.status === 'rejected') throw one.reason;
      results.push(one.value);
    }
  }
  return results;
}

function toQueueMessage(message: Message): readonly QueueMessage[] {
  const { MessageId, Body, ReceiptHandle, Attributes, MessageAttributes = {} } = message;
  if (MessageId === undefined || ReceiptHandle === undefined) return [];
  return [
    {
      id: MessageId,
      body: Body ?? '',
      receipt: ReceiptHandle,
      sentAtMs: Number(Attributes?.SentTimestamp ?? 0),
      receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 1),
      groupId: Attributes?.MessageGroupId,
      ...(Attributes?.MessageDeduplicationId !== undefined && {
        deduplicationId: Attributes.MessageDeduplicationId,
      }),
      ...readAttributes(MessageAttributes),
    },
  ];
}

interface Loaded {
  readonly sdk: SqsPackage;
  readonly sqs: SQSClient;
}

type SqsPackage = Awaited<ReturnType<typeof importSqs>>;

async function loadSqs(queueUrl: string, client: SQSClient | undefined): Promise<Loaded> {
  const sdk = await importSqs();
  return { sdk, sqs: client ?? makeClient(sdk, queueUrl) };
}

function makeClient({ SQSClient: Client }: SqsPackage, queueUrl: string): SQSClient {
  const region = /^https:\/\/sqs\.([a-z\d-]+)\.amazonaws\.com/.exec(queueUrl)?.[1];
  const made = new Client(region === undefined ? {} : { region });
  // It copies every answer for a logger that nobody gave.
  made.middlewareStack.remove('loggerMiddleware');
  return made;
}

async function importSqs() {
  return await import('@aws-sdk/client-sqs');
}
