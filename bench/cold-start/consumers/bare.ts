import type { DynamoDBRecord, DynamoDBStreamHandler } from 'aws-lambda';
import { leaveNote } from './leave-note.ts';
import { park } from './park.ts';

/** Nothing but the two clients: what no consumer that writes an item and a message can do without. */
export const handler: DynamoDBStreamHandler = async ({ Records }) => {
  for (const record of Records) {
    if (record.dynamodb?.NewImage?.['totalCents']?.N === undefined) await park(record, new Error('no order'));
    else await leaveNote(noteOf(record));
  }
  return { batchItemFailures: [] };
};

const noteOf = ({ dynamodb }: DynamoDBRecord): Parameters<typeof leaveNote>[0] => ({
  customerId: dynamodb?.NewImage?.['customerId']?.S ?? '',
  orderId: dynamodb?.NewImage?.['orderId']?.S ?? '',
  status: dynamodb?.NewImage?.['status']?.S ?? '',
});
