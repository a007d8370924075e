import { Command } from 'commander';
import type { CommandIO } from '../command-io.ts';
import type { DlqParts } from './dlq-parts.ts';
import { runGuarded } from './run-guarded.ts';
import type { ConnectionGiven } from './selection-options.ts';
import { withConnection } from './selection-options.ts';

interface Given extends ConnectionGiven {
  readonly current?: boolean;
  readonly json?: boolean;
}

/** `spillway dlq show` */
export const showCommand = (io: CommandIO, parts: DlqParts): Command =>
  withConnection(new Command('show'))
    .summary('show everything of one message')
    .description(
      'Shows everything of one message, values included: its change, its error with the stack; of a pointer, whether its ' +
        'records can still be read. Nothing is consumed.',
    )
    .argument('<id>', "a letter's or message's id, or how it begins")
    .option('--current', 'also the item as it is now in its table, and what differs from the letter')
    .option('--json', 'one JSON object')
    .action(async (id: string, { current = false, json = false, ...given }: Given) =>
      runGuarded(io, async (guarded) =>
        (await import('./run-show.ts')).runShow({ id, given, current, json }, guarded, parts),
      ),
    );
