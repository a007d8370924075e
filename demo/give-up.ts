import { SpillwayError } from 'spillway';
import { painter } from './paint.ts';

/** Says why it ended, and ends with status 1. Spillway's own messages say what to do; of anything else the stack helps. */
export function giveUp(what: string, error: unknown): void {
  process.exitCode = 1;
  process.stderr.write(`${painter(process.stderr)('red', what)}\n`);
  console.error(error instanceof SpillwayError ? error.message : error);
}
