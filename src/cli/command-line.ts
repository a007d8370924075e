import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import type { CommandIO } from './command-io.ts';
import { devCommand } from './dev/dev-command.ts';
import { dlqCommand } from './dlq/dlq-command.ts';
import { endWithNpm } from './end-with-npm.ts';
import { lintCommand } from './lint/lint-command.ts';
import { linesTo } from './lines-to.ts';
import { messageOf } from './message-of.ts';
import { tailCommand } from './tail/tail-command.ts';
import { untilWritten } from './until-written.ts';

/** Runs what the arguments of the process ask for; the exit status is 1 if that fails. */
export async function runCommandLine(process: NodeJS.Process): Promise<void> {
  const { stdout, stderr, stdin, env: environment } = process;
  const interrupting = new AbortController();
  // The second time, it ends at once: a handler that is gone leaves Node's own.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupting.abort());
  endWithNpm(process, () => interrupting.abort());

  const io: CommandIO = {
    ...{ stdout, stderr, stdin, environment, interrupted: interrupting.signal },
    setExitStatus: (status) => {
      process.exitCode = status;
    },
    endSoon: () => endSoon(process),
  };
  const program = new Command('spillway')
    .version(ownVersion())
    .description(
      'DynamoDB Streams on AWS Lambda: run a service on your machine, look into its streams, and work off its dead letters.',
    )
    .addCommand(devCommand(io))
    .addCommand(tailCommand(io))
    .addCommand(dlqCommand(io))
    .addCommand(lintCommand(io));
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    linesTo(stderr)(messageOf(error));
    process.exitCode = 1;
  }
}

/** How long a process has to end by itself. */
const endsAfterMs = 300;

/** Code of others may keep something open for ever, a pool or an interval: what was written must leave, and no more. */
function endSoon(process: NodeJS.Process): void {
  const { stdout, stderr } = process;
  const end = async () => {
    await Promise.all([stdout, stderr].map(untilWritten));
    process.exit();
  };
  // It keeps nothing alive by itself.
  setTimeout(() => void end(), endsAfterMs).unref();
}

/** package.json is two folders up, as this is written and as it is published. */
function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
