import type { SQSClient } from '@aws-sdk/client-sqs';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { encodeLetter } from '../../../src/dead-letter/encode-letter.ts';
import { fifoPlaceOf } from '../../../src/dead-letter/fifo.ts';
import type { Letter } from '../../../src/dead-letter/letter.ts';
import { onFailurePointer } from '../../../src/local/mapping/on-failure-pointer.ts';

/** Writes letters to a queue as they are, without what a handler would do before. */
export async function sendLetters(
  client: SQSClient,
  queueUrl: string,
  ...letters: readonly Letter[]
): Promise<void> {
  for (const letter of letters) {
    const { body, attributes } = await encodeLetter(letter, 1_048_576, undefined);
    const place = fifoPlaceOf(letter);
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            { DataType: 'String', StringValue: value },
          ]),
        ),
        ...(queueUrl.endsWith('.fifo') && {
          MessageGroupId: place.groupId,
          MessageDeduplicationId: place.deduplicationId,
        }),
      }),
    );
  }
}

export const sendBody = (client: SQSClient, queueUrl: string, body: string) =>
  client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));

export interface PointerParts {
  readonly streamArn?: string;
  readonly shardId?: string;
  readonly first?: string;
  readonly last?: string;
  readonly batchSize?: number;
  readonly arrivedAt?: Date;
}

/** A pointer as Lambda writes it for a batch that it gave up. */
export function pointerBody(parts: PointerParts = {}): string {
  const arrivedAt = parts.arrivedAt ?? new Date('2026-01-01T00:00:00Z');
  return JSON.stringify(
    onFailurePointer({
      requestId: '6b5f0f0e-9f5c-4f5e-8c8b-0123456789ab',
      functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:orders-consumer',
      invocations: 3,
      why: { condition: 'RetryAttemptsExhausted', functionError: 'Unhandled' },
      givenUpAt: new Date(arrivedAt.getTime() + 60_000),
      shardId: parts.shardId ?? 'shardId-00000001573689847184-864758bb',
      streamArn:
        parts.streamArn ??
        'arn:aws:dynamodb:us-east-1:123456789012:table/Shop/stream/2026-01-01T00:00:00.000',
      first: { sequenceNumber: parts.first ?? '800000000003126276362', arrivedAt },
      last: { sequenceNumber: parts.last ?? '800000000003126276399', arrivedAt },
      batchSize: parts.batchSize ?? 25,
    }),
  );
}
