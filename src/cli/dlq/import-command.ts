import { Command } from 'commander';
import type { CommandIO } from '../command-io.ts';
import type { DlqParts } from './dlq-parts.ts';
import { runGuarded } from './run-guarded.ts';
import type { ConnectionGiven } from './selection-options.ts';
import { withConnection } from './selection-options.ts';

interface Given extends ConnectionGiven {
  readonly from: string;
  readonly keepGoing?: boolean;
}

/** `spillway dlq import` */
export const importCommand = (io: CommandIO, parts: DlqParts): Command =>
  withConnection(new Command('import'))
    .summary('send what was exported to a queue')
    .description(
      'Sends the messages of a file that `export` or `drop` wrote to the queue, as they were: bodies byte for byte. The queue ' +
        'takes them for new ones, and keeps them for its whole retention.',
    )
    .requiredOption('--from <file>', 'the file, or - for stdin')
    .option('--keep-going', 'pass over lines that are not taken, and tell of them')
    .action(async ({ from, keepGoing = false, ...given }: Given) =>
      runGuarded(io, async (guarded) =>
        (await import('./run-import.ts')).runImport({ given, from, keepGoing }, guarded, parts),
      ),
    );
