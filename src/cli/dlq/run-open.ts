import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { dynamoDBLedger } from '../../idempotency/dynamodb-ledger.ts';
import { openItem } from '../../replay/letters/open-item.ts';
import { createCleanUp } from '../clean-up.ts';
import type { CommandIO } from '../command-io.ts';
import { linesTo } from '../lines-to.ts';
import { connect } from '../tail/aws-connection.ts';
import { findStream, placeOf } from '../tail/find-stream.ts';
import type { TableName } from '../tail/read-table.ts';
import { ask } from './ask.ts';
import { endOnInterrupt } from './end-on-interrupt.ts';
import type { PlainKey } from './read-choice.ts';
import { tableKey } from './table-key.ts';

export interface OpenRun {
  readonly consumer: string;
  readonly ledgerTable: string;
  readonly table: TableName;
  readonly key: readonly (readonly PlainKey[])[];
  readonly region: string | undefined;
  readonly endpoint: string | undefined;
  readonly isAsked: boolean;
}

export async function runOpen(run: OpenRun, io: CommandIO): Promise<void> {
  const { consumer, ledgerTable, table, key, endpoint, isAsked } = run;
  await using cleanUp = createCleanUp();
  const connection = await connect({ region: run.region ?? table.region, endpoint }, io.environment);
  cleanUp.defer(connection.close);
  const { dynamodb } = connection;
  dynamodb.middlewareStack.add(endOnInterrupt(io.interrupted), { step: 'initialize' });

  // One that was turned off is the one under whose name the item was parked.
  const { streamArn } = await findStream(table, 'TRIM_HORIZON', connection, io.interrupted);
  const { Table = {} } = await dynamodb.send(new DescribeTableCommand({ TableName: table.name }));
  const keys = tableKey(key, Table);
  const [say, tell] = [linesTo(io.stdout), linesTo(io.stderr)];
  if (isAsked) {
    tell(
      `The item of --key in table ${table.name} ${placeOf(connection)}, for the consumer ${consumer} in the ledger ${ledgerTable}:\n` +
        '  its next changes are handled again, and changes of it that lie as letters no longer wait for each other.',
    );
    if (!(await ask('Open it?', io))) {
      tell('Nothing was done.');
      io.setExitStatus?.(io.interrupted.aborted ? 130 : 1);
      return;
    }
  }
  const ledger = dynamoDBLedger({ tableName: ledgerTable, client: dynamodb });
  if (await openItem(ledger, { consumer, streamArn, keys })) {
    say('The item was parked, and is open now: its next changes are handled again.');
    return;
  }
  say(
    `The item is not parked in ${ledgerTable}: nothing was done. Are --consumer, --key and --table right? ` +
      "(If the table's stream was turned off and on since, it is another one, for which nothing is parked.)",
  );
  io.setExitStatus?.(1);
}
