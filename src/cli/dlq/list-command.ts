import { Command, Option } from 'commander';
import type { CommandIO } from '../command-io.ts';
import { argument, readCount } from '../read-argument.ts';
import type { DlqParts } from './dlq-parts.ts';
import { runGuarded } from './run-guarded.ts';
import type { ConnectionGiven, SelectionGiven } from './selection-options.ts';
import { selectionOf, withConnection, withSelection } from './selection-options.ts';

interface Given extends ConnectionGiven, SelectionGiven {
  readonly limit?: number;
  readonly showKeys?: boolean;
  readonly json?: boolean;
  readonly plain?: boolean;
}

/** `spillway dlq list` */
export const listCommand = (io: CommandIO, parts: DlqParts): Command =>
  withSelection(withConnection(new Command('list')))
    .summary('show what lies in the queue')
    .description('Shows what lies in the queue of dead letters, the oldest first, without consuming it.')
    .option('--limit <number>', 'rows at most; the others are counted (default: 50)', argument(readCount))
    .option('--show-keys', "show the values of items' keys")
    .addOption(noTable())
    .option('--json', 'a JSON object for each row, and a last one for the whole')
    .action(async ({ limit = 50, showKeys = false, json = false, plain = false, ...given }: Given) => {
      const style = json ? 'json' : plain || !io.stdout.isTTY ? 'lines' : 'table';
      const selection = selectionOf(given, parts.now());
      const run = { given, selection, limit, showKeys, style } as const;
      await runGuarded(io, async (guarded) => (await import('./run-list.ts')).runList(run, guarded, parts));
    });

/** To commander `--no-table` would be the opposite of `--table`, and take that filter back. */
const noTable = (): Option =>
  Object.assign(new Option('--no-table', 'lines with tabs in place of a table, as without a terminal'), {
    negate: false,
    attributeName: () => 'plain',
  });
