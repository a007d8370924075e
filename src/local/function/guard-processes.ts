/**
 * A program of its own, which kills the processes of a function when the process that started them is gone. A frozen
 * process cannot notice that by itself.
 *
 * It reads lines from its standard input: `+PID` to watch a process, `-PID` to leave it. However the process at the other
 * end of that pipe ends, the pipe ends with it.
 */
import { createInterface } from 'node:readline';
import { killGroup } from './process-group.ts';

const watched = new Set<number>();

createInterface(process.stdin).on('line', (line) => {
  const pid = Number(line.slice(1));
  if (line.startsWith('+')) watched.add(pid);
  else watched.delete(pid);
});

const end = (): void => {
  watched.forEach(killGroup);
  process.exit(0);
};
// The lines that came before the end of the pipe are all read by the time that readline closes.
process.stdin.on('error', end).on('close', end);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
