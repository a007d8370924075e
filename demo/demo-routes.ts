import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { anyItem, createRouter, TransientError } from 'spillway';
import { Customer } from '../handlers/entities.ts';
import { dynamodb } from '../handlers/shop.ts';
import { tables } from './resources.ts';
import { attemptsOfPatience, patientName, unluckyName } from './scenario.ts';
import { textOf } from './writes.ts';

/** What the demo adds to the function `orders`: routes that make it provable what became of each change. */
export const router = createRouter({ table: tables.shop })
  // Writes down every change in the order in which it was handled: what is missing, twice or out of order shows there.
  .onChange('audit', anyItem(), async ({ raw, sequenceNumber }) => {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: tables.audit,
        Key: { id: { S: textOf(raw.dynamodb?.Keys) } },
        UpdateExpression: 'SET handled = list_append(if_not_exists(handled, :none), :this)',
        ExpressionAttributeValues: { ':none': { L: [] }, ':this': { L: [{ S: sequenceNumber }] } },
      }),
    );
  })

  .onInsert(
    'fails-twice',
    Customer,
    async ({ newImage: { customerId } }, { attempt }) => {
      if (attempt < attemptsOfPatience) throw new TransientError('the world is not ready yet');
      await dynamodb.send(
        new PutItemCommand({
          TableName: tables.audit,
          Item: { id: { S: `RETRIED ${customerId}` }, attempts: { N: String(attempt) } },
        }),
      );
    },
    { when: ({ newImage }) => newImage.name === patientName, retry: { baseDelayMs: 20 } },
  )

  .onInsert(
    'has-a-bug',
    Customer,
    () => {
      throw new TypeError('Cannot read properties of undefined');
    },
    { when: ({ newImage }) => newImage.name === unluckyName, retry: { baseDelayMs: 20 } },
  );
