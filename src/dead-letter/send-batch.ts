import type { BatchResultErrorEntry, SQSClient } from '@aws-sdk/client-sqs';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { DeadLetterError } from '../errors.ts';
import type { Outgoing } from './sqs-dead-letters.ts';

/**
 * Sends up to ten letters in one request and tells the failures apart.
 * @throws DeadLetterError that names the queue, if the request as a whole failed
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
 */
export async function sendBatch(
  client: SQSClient,
  queueUrl: string,
  batch: readonly Outgoing[],
): Promise<readonly (Error | undefined)[]> {
  const command = new SendMessageBatchCommand({
    QueueUrl: queueUrl,
    Entries: batch.map(({ encoded, fifo }, index) => ({
      Id: String(index),
      MessageBody: encoded.body,
      MessageAttributes: Object.fromEntries(
        Object.entries(encoded.attributes).map(([name, value]) => [
          name,
          { DataType: 'String', StringValue: value },
        ]),
      ),
      ...(fifo && { MessageGroupId: fifo.groupId, MessageDeduplicationId: fifo.deduplicationId }),
    })),
  });
  const response = await client.send(command).catch((cause: unknown) => {
    throw new DeadLetterError(
      `the dead-letter queue ${queueUrl} could not be written to. Does it exist, and may the function sqs:SendMessage to it?`,
      { cause },
    );
  });
  const sent = new Set((response.Successful ?? []).map(({ Id }) => Id));
  const failures = new Map((response.Failed ?? []).map((failure) => [failure.Id, failure]));
  return batch.map((_, index) =>
    sent.has(String(index)) ? undefined : refused(queueUrl, failures.get(String(index))),
  );
}

/** A letter that is in neither list was not accepted either. */
function refused(queueUrl: string, failure: BatchResultErrorEntry | undefined): DeadLetterError {
  const code = failure?.Code ?? 'no answer';
  return new DeadLetterError(`the dead-letter queue ${queueUrl} refused a letter (${code})`, {
    // In the words of the SDK's errors, by which it is told whether another try can help.
    cause: { name: code, $fault: failure?.SenderFault === true ? 'client' : 'server' },
  });
}
