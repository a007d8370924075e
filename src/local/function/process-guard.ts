import { spawn } from 'node:child_process';
import { siblingProgram } from './sibling-program.ts';

/** Kills the processes it watches when this process is gone, however it ends. */
export interface ProcessGuard {
  readonly watch: (pid: number) => void;
  readonly leave: (pid: number) => void;
  /** Resolves when the guard is gone. What it still watches, it kills. */
  readonly stop: () => Promise<void>;
}

/** A guard has nothing to do at its end but to send signals. */
const patienceMs = 1_000;

/** `onGone` is told when nobody guards any more: somebody killed the guard, or it could not be started. */
export function startProcessGuard(onGone: () => void): ProcessGuard {
  const program = siblingProgram('guard-processes');
  const guard = spawn(process.execPath, [program.path], {
    // A group of its own: Ctrl-C in the terminal is for this process, which ends the guard in its own time.
    detached: true,
    windowsHide: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    // Node.js's own variables (a debugger's, a coverage tool's) are meant for this process.
    env: program.environment,
  });
  let isStopping = false;
  const gone = new Promise<void>((resolve) => {
    const end = () => {
      if (!isStopping) onGone();
      resolve();
    };
    guard.once('exit', end).once('error', end);
  });
  guard.stdin.on('error', () => undefined); // The guard is gone; "exit" says so.
  return {
    // Written at once, not with the next turn of the event loop: from here on the process is safe.
    watch: (pid) => void guard.stdin.write(`+${pid}\n`),
    leave: (pid) => void guard.stdin.write(`-${pid}\n`),
    stop: async () => {
      isStopping = true;
      guard.stdin.end();
      const impatience = setTimeout(() => guard.kill('SIGKILL'), patienceMs);
      await gone;
      clearTimeout(impatience);
    },
  };
}
