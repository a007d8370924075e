import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { siblingFile } from '../sibling-file.ts';
import type { Environment } from './local-environment.ts';
import { withoutNodeVariables } from './local-environment.ts';

/** A program that ends with this process, however this process ends. */
export interface GuardedProgram {
  /** Resolves when the program is gone. It never rejects. */
  readonly exited: Promise<void>;
  /** Resolves when the program is gone. */
  readonly stop: () => Promise<void>;
}

export interface GuardedProgramParts {
  readonly path: string;
  readonly arguments: readonly string[];
  readonly environment: Environment;
  /** Each line that the program writes, to its standard output or error. */
  readonly onLine: (line: string) => void;
}

/** Above the time that the guard gives the program. */
const patienceMs = 5_000;

/**
 * The guard gets a process group of its own: Ctrl-C in the terminal goes to this process alone, which may still need the
 * program to end in good order.
 */
export function runGuarded(program: GuardedProgramParts): GuardedProgram {
  const guard = spawn(
    process.execPath,
    [siblingFile(import.meta.url, 'guard'), program.path, ...program.arguments],
    {
      detached: true,
      windowsHide: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: withoutNodeVariables(program.environment),
    },
  );
  let programId = 0;
  const output = createInterface(guard.stdout);
  output.once('line', (line) => {
    programId = Number(line);
    output.on('line', program.onLine);
  });
  createInterface(guard.stderr).on('line', program.onLine);
  guard.stdin.on('error', () => undefined); // The guard is gone; `exited` says so.

  const killProgram = () => {
    try {
      if (programId > 0) process.kill(programId, 'SIGKILL');
    } catch {
      // Gone already: just what was wanted.
    }
  };
  // "exit" comes when the guard is gone, "close" when the last word of the program has been read too.
  const closed = once(guard, 'close');
  guard.once('exit', (_, signal) => {
    if (signal !== null) killProgram();
  });
  const exited = closed.then(
    () => undefined,
    (error: unknown) => program.onLine(String(error)),
  );
  return {
    exited,
    stop: async () => {
      guard.stdin.end();
      const impatience = setTimeout(() => {
        killProgram();
        guard.kill('SIGKILL');
      }, patienceMs);
      try {
        await exited;
      } finally {
        clearTimeout(impatience);
      }
    },
  };
}
