import { DeleteMessageBatchCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { sqsAt } from '../clients.ts';
import type { Run } from '../contestants.ts';
import type { Turn } from '../turn.ts';

/** As many as a replay has under way while it receives. */
const lanes = 6;

/** The least that can be asked of a queue with the SDK: all is received, ten at a time, then all is deleted. */
export function bare({ endpoints, queueUrl, letters }: Turn): Run {
  const sqs = sqsAt(endpoints.sqs);
  return async () => {
    const batches: (readonly string[])[] = [];
    await inLanes(async () => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 120,
          MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount', 'MessageGroupId'],
          MessageAttributeNames: ['All'],
        }),
      );
      if (Messages.length > 0) batches.push(Messages.map(({ ReceiptHandle = '' }) => ReceiptHandle));
      return Messages.length > 0;
    });
    const count = batches.reduce((sum, { length }) => sum + length, 0);
    if (count !== letters) throw new Error(`${count} of ${letters} messages were received`);
    await inLanes(async () => {
      const batch = batches.pop();
      if (batch === undefined) return false;
      const Entries = batch.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      return true;
    });
    return performance.now();
  };
}

/** @param once resolves to whether there may be more */
async function inLanes(once: () => Promise<boolean>): Promise<void> {
  const lane = async (): Promise<void> => {
    while (await once());
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
