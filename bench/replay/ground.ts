import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteItemCommand, CreateTableCommand, DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { DynamoDBRecord } from 'aws-lambda';
import { cut, sendAll } from '../ledger/profile/send-all.ts';
import { createLedgerTable } from '../ledger/table.ts';
import { dynamodbAt, sqsAt } from './clients.ts';
import { itemsTable, writeLetters } from './letters.ts';

export interface GroundNeeds {
  readonly letters: number;
  /** A ledger in which the letters are. */
  readonly ledger: boolean;
  /** The items as they are in the letters. */
  readonly items: boolean;
  /** A queue to move them to. */
  readonly target: boolean;
}

export interface Endpoints {
  readonly sqs: string;
  readonly dynamodb: string;
}

/** Where a turn takes place: a queue full of letters, and what else there has to be. It goes with its disposal. */
export interface Ground extends AsyncDisposable {
  readonly queueUrl: string;
  /** Empty if none is needed. */
  readonly targetUrl: string;
  readonly ledgerTable: string;
  /** How many messages there are in it, received ones included. */
  readonly countIn: (queueUrl: string) => Promise<number>;
}

export async function prepareGround(name: string, endpoints: Endpoints, needs: GroundNeeds): Promise<Ground> {
  await using cleanUp = new AsyncDisposableStack();
  const sqs = sqsAt(endpoints.sqs);
  cleanUp.defer(() => sqs.destroy());
  const dynamodb = dynamodbAt(endpoints.dynamodb);
  cleanUp.defer(() => dynamodb.destroy());
  const makeQueue = async (queueName: string): Promise<string> => {
    await sqs.send(new CreateQueueCommand({ QueueName: queueName }));
    // The SDK of version 2 talks to the host that a queue's URL names.
    const queueUrl = `${endpoints.sqs}/000000000000/${queueName}`;
    cleanUp.defer(async () => {
      await sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
    });
    return queueUrl;
  };

  const queueUrl = await makeQueue(name);
  const targetUrl = needs.target ? await makeQueue(`${name}-target`) : '';
  const ledgerTable = `${name}-ledger`;
  if (needs.ledger) cleanUp.use(await createLedgerTable(endpoints.dynamodb, ledgerTable));
  if (needs.items) cleanUp.use(await createItemsTable(dynamodb));
  const ledger = needs.ledger ? { client: dynamodb, tableName: ledgerTable } : undefined;
  await writeLetters(needs.letters, { sqs, queueUrl, ledger }, async (records) => {
    if (needs.items) await putItems(dynamodb, records);
  });

  const held = cleanUp.move();
  return {
    queueUrl,
    targetUrl,
    ledgerTable,
    countIn: (url) => countMessages(sqs, url),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

async function createItemsTable(dynamodb: DynamoDBClient): Promise<AsyncDisposable> {
  const TableName = itemsTable;
  await dynamodb.send(
    new CreateTableCommand({
      TableName,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      await dynamodb.send(new DeleteTableCommand({ TableName }));
    },
  };
}

const putItems = (dynamodb: DynamoDBClient, records: readonly DynamoDBRecord[]): Promise<void> =>
  sendAll(cut(records, 25), 4, (part) =>
    dynamodb.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [itemsTable]: part.map((record) => ({
            PutRequest: { Item: toSdkItem(record.dynamodb?.NewImage ?? {}) },
          })),
        },
      }),
    ),
  );

/** Lambda has bytes in base64, the SDK as bytes. */
const toSdkItem = (image: NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>) =>
  Object.fromEntries(
    Object.entries(image).map(([name, value]) => [
      name,
      (value.B === undefined ? value : { B: Buffer.from(value.B, 'base64') }) as AttributeValue,
    ]),
  );

const countNames = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;

async function countMessages(sqs: SQSClient, queueUrl: string): Promise<number> {
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...countNames] });
  const { Attributes = {} } = await sqs.send(command);
  return countNames.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}
