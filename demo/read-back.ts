import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Letter } from 'spillway';
import { decodeLetter } from 'spillway';
import type { Clients } from './clients.ts';
import type { Resources } from './resources.ts';
import { tables } from './resources.ts';
import { textOf } from './writes.ts';

type Row = Readonly<Record<string, AttributeValue>>;

/** What stands in the tables, the stream and the queue when all is over. */
export interface Facts {
  /** Every change there was, in the order of the stream. */
  readonly changes: readonly Change[];
  readonly shop: readonly Row[];
  readonly ledger: readonly Row[];
  readonly audit: readonly Row[];
  readonly letters: readonly Letter[];
}

export interface Change {
  readonly item: string;
  readonly eventId: string;
  readonly sequenceNumber: string;
}

export async function readBack(clients: Clients, { streamArn, queueUrl }: Resources): Promise<Facts> {
  const [changes, shop, ledger, audit, letters] = await Promise.all([
    readStream(clients, streamArn),
    scan(clients, tables.shop),
    scan(clients, tables.ledger),
    scan(clients, tables.audit),
    takeLetters(clients, queueUrl),
  ]);
  return { changes, shop, ledger, audit, letters };
}

/** From its very start, by a reader of the demo's own. The shard is an open one: it ends where nothing comes any more. */
async function readStream({ streams }: Clients, streamArn: string): Promise<readonly Change[]> {
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn: streamArn }));
  const changes: Change[] = [];
  for (const { ShardId } of StreamDescription?.Shards ?? []) {
    const start = { StreamArn: streamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' as const };
    let { ShardIterator: next } = await streams.send(new GetShardIteratorCommand(start));
    while (next !== undefined) {
      const { Records = [], NextShardIterator } = await streams.send(
        new GetRecordsCommand({ ShardIterator: next }),
      );
      for (const { eventID = '', dynamodb: { Keys, SequenceNumber = '' } = {} } of Records)
        changes.push({ item: textOf(Keys), eventId: eventID, sequenceNumber: SequenceNumber });
      next = Records.length === 0 ? undefined : NextShardIterator;
    }
  }
  return changes;
}

async function scan({ dynamodb }: Clients, TableName: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for await (const { Items = [] } of paginateScan({ client: dynamodb }, { TableName, ConsistentRead: true }))
    rows.push(...Items);
  return rows;
}

async function takeLetters({ sqs }: Clients, QueueUrl: string): Promise<readonly Letter[]> {
  const letters: Letter[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return letters;
    for (const { Body = '', ReceiptHandle } of Messages) {
      letters.push(await decodeLetter(Body));
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    }
  }
}
