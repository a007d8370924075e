import { createInterface } from 'node:readline/promises';
import type { CommandIO } from '../command-io.ts';

/** Whether there is somebody to ask. */
export const canAsk = ({ stdin, stderr }: CommandIO): boolean => stdin?.isTTY === true && stderr.isTTY;

/** Asks at the terminal; anything but yes is no, and so is an end of the input or Ctrl-C. */
export async function ask(question: string, { stdin, stderr, interrupted }: CommandIO): Promise<boolean> {
  if (stdin === undefined || interrupted.aborted) return false;
  const lines = createInterface({ input: stdin, output: stderr, terminal: false });
  try {
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    const answer = lines.question(`${question} [y/N] `, { signal: interrupted }).catch(() => '');
    return /^\s*y(es)?\s*$/i.test(await Promise.race([answer, ended]));
  } finally {
    lines.close();
    stdin.pause();
  }
}
