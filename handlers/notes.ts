import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { dynamodb, shopTable } from './shop.ts';

export interface Note {
  readonly customerId: string;
  /** What it is about: there is one note for each subject, however often it is written. */
  readonly subject: string;
  readonly text: string;
}

/** Leaves a note for a customer, beside the profile. */
export async function leaveNote({ customerId, subject, text }: Note): Promise<void> {
  await dynamodb.send(
    new PutItemCommand({
      TableName: shopTable(),
      Item: { pk: { S: `CUSTOMER#${customerId}` }, sk: { S: `NOTE#${subject}` }, text: { S: text } },
    }),
  );
}
