/**
 * A program of its own: `node guard COMMAND ARGUMENTS...` runs the command and sees to it that it does not outlive the
 * process that holds the other end of the guard's standard input. However that process ends, the pipe ends with it.
 */
import { spawn } from 'node:child_process';

/** What a database may take to close its files. */
const graceMs = 1_500;

const [command = '', ...argumentsOfCommand] = process.argv.slice(2);
const child = spawn(command, argumentsOfCommand, {
  stdio: ['ignore', 'inherit', 'inherit'],
  windowsHide: true,
});

const end = (): void => {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), graceMs).unref();
};
process.stdin.on('end', end).on('error', end).resume();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);

// The pid lets the holder end the command if someone kills the guard. Nobody may be there to read it any more.
process.stdout.on('error', () => undefined).write(`${child.pid ?? 0}\n`);

child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`, () => process.exit(127));
});
child.on('exit', (code) => process.exit(code ?? 1));
