import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** `spillway dev`, as a user starts it. */
export interface DevProcess extends AsyncDisposable {
  readonly spawnedAt: number;
  /** Resolves with the next line that the expression finds. @throws Error with what it said, if it ends before */
  readonly line: (wanted: RegExp) => Promise<string>;
}

const repository = join(import.meta.dirname, '../..');
const patienceMs = 10_000;

export function startDev(folder: string): DevProcess {
  const spawnedAt = performance.now();
  const program = join(repository, 'src/cli/spillway.ts');
  const child = spawn(process.execPath, ['--conditions=spillway-source', program, 'dev'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const said: string[] = [];
  const waiting = new Set<(line: string) => void>();
  for (const output of [child.stdout, child.stderr])
    createInterface(output).on('line', (line) => {
      said.push(line);
      waiting.forEach((hear) => hear(line));
    });
  return {
    spawnedAt,
    line: async (wanted) => {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const hear = (line: string) => {
        if (wanted.test(line)) resolve(line);
      };
      waiting.add(hear);
      void exited.then(() => reject(new Error(`spillway dev has ended. It said:\n${said.join('\n')}`)));
      try {
        return await promise;
      } finally {
        waiting.delete(hear);
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGINT');
      const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
      await exited;
      clearTimeout(impatience);
    },
  };
}
