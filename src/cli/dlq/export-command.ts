import { Command } from 'commander';
import type { CommandIO } from '../command-io.ts';
import type { DlqParts } from './dlq-parts.ts';
import { runGuarded } from './run-guarded.ts';
import type { ConnectionGiven, SelectionGiven } from './selection-options.ts';
import { selectionOf, withConnection, withSelection } from './selection-options.ts';

interface Given extends ConnectionGiven, SelectionGiven {
  readonly to: string;
}

/** What `--help` says about the lines. */
const exportFormat = `Each line is a JSON object: body (as it is), attributes, sentAt and, of a FIFO queue, groupId and deduplicationId.
The bodies hold items' data: keep the file as you would the table.`;

/** `spillway dlq export` */
export const exportCommand = (io: CommandIO, parts: DlqParts): Command =>
  withSelection(withConnection(new Command('export')))
    .summary('write messages to a file, without consuming them')
    .description('Writes messages as newline-delimited JSON, one a line, without consuming them.')
    .requiredOption('--to <file>', 'the file, a new one, or - for stdout')
    .addHelpText('after', `\n${exportFormat}`)
    .action(async ({ to, ...given }: Given) => {
      const run = { given, to, selection: selectionOf(given, parts.now()) };
      await runGuarded(io, async (guarded) =>
        (await import('./run-export.ts')).runExport(run, guarded, parts),
      );
    });
