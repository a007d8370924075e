import { Command } from 'commander';
import type { CommandIO } from '../command-io.ts';

interface Given {
  readonly stage?: string;
  readonly config: string;
}

/** `spillway lint` */
export const lintCommand = (io: CommandIO): Command =>
  new Command('lint')
    .summary('say what is wrong with the consumers of a service, without packaging it')
    .description(
      'Reads serverless.yml with the Serverless Framework and the routes out of the handlers, and says what would be lost, ' +
        'refused or handled twice once it is deployed. The exit status is 1 if there are errors; packaging stops at the same.',
    )
    .option('--stage <stage>', 'stage of the Serverless Framework (default: that of serverless.yml)')
    .option('--config <file>', 'file of the Serverless Framework', 'serverless.yml')
    .action(async (given: Given) => {
      const { runLint } = await import('./run-lint.ts');
      await runLint({ stage: given.stage, config: given.config, execArgv: process.execArgv }, io);
    });
