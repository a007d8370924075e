import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord } from 'aws-lambda';

const sqs = new SQSClient({});

/** What a consumer written by hand does with a record that cannot be handled. */
export async function park(record: DynamoDBRecord, error: Error): Promise<void> {
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: process.env['DEAD_LETTER_QUEUE_URL'],
      MessageBody: JSON.stringify({ record, error: { name: error.name, message: error.message } }),
    }),
  );
}
