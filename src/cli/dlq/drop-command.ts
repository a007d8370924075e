import { Command } from 'commander';
import { InvalidOptionError } from '../../errors.ts';
import type { CommandIO } from '../command-io.ts';
import { canAsk } from './ask.ts';
import type { DlqParts } from './dlq-parts.ts';
import { runGuarded } from './run-guarded.ts';
import type { ConnectionGiven, SelectionGiven } from './selection-options.ts';
import { isEmpty, selectionOf, withConnection, withSelection } from './selection-options.ts';

interface Given extends ConnectionGiven, SelectionGiven {
  readonly to?: string;
  /** Commander's form of `--no-backup`. */
  readonly backup: boolean;
  readonly all?: boolean;
  readonly parked?: boolean;
  readonly ledgerTable?: string;
  readonly yes?: boolean;
}

/** `spillway dlq drop` */
export const dropCommand = (io: CommandIO, parts: DlqParts): Command =>
  withSelection(withConnection(new Command('drop')))
    .summary('delete messages for good, after writing them to a file')
    .description(
      'Deletes messages from the queue, without running them. What is deleted is written to a file first, which `spillway dlq ' +
        'import` can bring back. It asks before it deletes anything.',
    )
    .option('--to <file>', 'where what is deleted is written; an export that is there is written on')
    .option('--no-backup', 'write it nowhere: what is deleted is gone')
    .option('--all', 'drop everything, if no filter is given')
    .option('--parked', 'also letters of parked items; the next letter of such an item may then run')
    .option('--ledger-table <name>', 'where --parked items are remembered (default: SPILLWAY_LEDGER_TABLE)')
    .option('--yes', 'do not ask')
    .action(async ({ to, backup, all = false, parked = false, yes = false, ...given }: Given) => {
      if (to !== undefined && !backup)
        throw new InvalidOptionError(
          'Give --to FILE or --no-backup, and not both: what is dropped is kept in the file, or nowhere.',
        );
      if (to === undefined && backup)
        throw new InvalidOptionError(
          'Name the file that keeps what is dropped, with --to FILE, or say --no-backup.',
        );
      const selection = selectionOf(given, parts.now());
      if (isEmpty(selection) && !all)
        throw new InvalidOptionError('Say what to drop, with --route, --error, --id or others, or --all.');
      if (!yes && !canAsk(io))
        throw new InvalidOptionError(
          'There is no terminal to ask at: say --yes to drop without being asked.',
        );
      const ledgerTable = given.ledgerTable ?? io.environment['SPILLWAY_LEDGER_TABLE'];
      if (parked && !ledgerTable)
        throw new InvalidOptionError(
          'Where the parked items are remembered must be known: name the ledger with --ledger-table, or set SPILLWAY_LEDGER_TABLE.',
        );
      const run = { given, selection, file: to, ...(parked && { ledgerTable }), isAsked: !yes };
      await runGuarded(io, async (guarded) => (await import('./run-drop.ts')).runDrop(run, guarded, parts));
    });
