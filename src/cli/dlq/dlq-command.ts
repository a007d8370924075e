import { Command } from 'commander';
import type { CommandIO } from '../command-io.ts';
import type { DlqParts } from './dlq-parts.ts';
import { machineParts } from './dlq-parts.ts';
import { dropCommand } from './drop-command.ts';
import { exportCommand } from './export-command.ts';
import { importCommand } from './import-command.ts';
import { listCommand } from './list-command.ts';
import { openCommand } from './open-command.ts';
import { replayCommand } from './replay-command.ts';
import { showCommand } from './show-command.ts';

/** `spillway dlq` */
export const dlqCommand = (io: CommandIO, parts: DlqParts = machineParts): Command =>
  new Command('dlq')
    .summary('look into a queue of dead letters, and work it off')
    .description(
      'Looks into a queue of dead letters and works it off: letters of Spillway, and the pointers that Lambda writes when it ' +
        'gives a batch up.',
    )
    .addCommand(listCommand(io, parts))
    .addCommand(showCommand(io, parts))
    .addCommand(replayCommand(io, parts))
    .addCommand(dropCommand(io, parts))
    .addCommand(exportCommand(io, parts))
    .addCommand(importCommand(io, parts))
    .addCommand(openCommand(io))
    .addHelpText('after', '\nThe runbook, for whoever is paged: docs/dead-letters.md of Spillway.');
