import { Command } from 'commander';
import { InvalidOptionError } from '../../errors.ts';
import type { CommandIO } from '../command-io.ts';
import { argument, collect, readUrl } from '../read-argument.ts';
import type { TableName } from '../tail/read-table.ts';
import { readTable } from '../tail/read-table.ts';
import { canAsk } from './ask.ts';
import type { PlainKey } from './read-choice.ts';
import { readKey } from './read-choice.ts';
import { runGuarded } from './run-guarded.ts';

interface Given {
  readonly consumer?: string;
  readonly table: TableName;
  readonly key: readonly (readonly PlainKey[])[];
  readonly ledgerTable?: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly yes?: boolean;
}

/** `spillway dlq open` */
export const openCommand = (io: CommandIO): Command =>
  new Command('open')
    .summary('let a parked item go whose letters are gone')
    .description(
      'Opens an item that is parked though its letters are gone, expired or deleted by hand: its next changes are handled again. ' +
        'Changes of it that still lie as letters no longer wait for each other, so replay or drop those first. It asks before.',
    )
    .requiredOption('--table <table>', 'the table of the item, its name or ARN', argument(readTable))
    .requiredOption(
      '--key <key>',
      'the whole key of the item: NAME=VALUE, once for each part, or as JSON',
      collect(readKey),
    )
    .option('--consumer <name>', 'who parked it, as `list --json` shows it (default: SPILLWAY_CONSUMER)')
    .option('--ledger-table <name>', 'where it is remembered (default: SPILLWAY_LEDGER_TABLE)')
    .option('--region <region>', 'region of AWS (default: of the ARN, or as the AWS SDK finds it)')
    .option(
      '--endpoint <url>',
      'where DynamoDB is, on this machine (default: AWS_ENDPOINT_URL_DYNAMODB and its like, or AWS)',
      argument(readUrl),
    )
    .option('--yes', 'do not ask')
    .action(async ({ yes = false, table, key, region, endpoint, ...given }: Given) => {
      const consumer = given.consumer ?? io.environment['SPILLWAY_CONSUMER'];
      const ledgerTable = given.ledgerTable ?? io.environment['SPILLWAY_LEDGER_TABLE'];
      if (!consumer)
        throw new InvalidOptionError(
          'Say who parked the item: with --consumer, or set SPILLWAY_CONSUMER. It is the name of the function, if the handler has no other.',
        );
      if (!ledgerTable)
        throw new InvalidOptionError(
          'Say where it is remembered: with --ledger-table, or set SPILLWAY_LEDGER_TABLE.',
        );
      if (!yes && !canAsk(io))
        throw new InvalidOptionError(
          'There is no terminal to ask at: say --yes to open the item without being asked.',
        );
      const run = { consumer, ledgerTable, table, key, region, endpoint, isAsked: !yes };
      await runGuarded(io, async (guarded) => (await import('./run-open.ts')).runOpen(run, guarded));
    });
