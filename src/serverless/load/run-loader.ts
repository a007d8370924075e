import { fork } from 'node:child_process';
import { devNull } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Runtime } from '../../runtime.ts';
import type { LoadReport } from './load-report.ts';

export interface LoaderRun {
  /** The working directory. */
  readonly folder: string;
  readonly file: string;
  readonly exportName: string;
  /** The function's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly runtime: Pick<Runtime, 'after'>;
}

export type LoaderEnd =
  | LoadReport
  | { readonly kind: 'too-slow'; readonly timeoutMs: number }
  /** Without a word; `said` is the end of what it printed. */
  | { readonly kind: 'ended'; readonly said: string };

/** How long after the import something that it began may still touch the network. */
const idleMs = 200;
const saidAtMost = 2_000;

/**
 * Imports a handler in a process of its own. Nothing of this process's environment is there: no credentials, no profile, no
 * region but the function's. The files in which the AWS SDK would look for them are named, for it finds a home by itself.
 */
export function runLoader(run: LoaderRun): Promise<LoaderEnd> {
  const { folder, file, exportName, environment, timeoutMs, runtime } = run;
  const child = fork(programPath(), [file, exportName, String(idleMs)], {
    cwd: folder,
    env: { ...environment, AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull },
    execArgv: ['--enable-source-maps', ...conditions(process.execArgv)],
    // Dates, bigints and bytes in a route stay what they are.
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-saidAtMost)));
  return new Promise((resolve) => {
    const cancel = runtime.after(timeoutMs, () => {
      resolve({ kind: 'too-slow', timeoutMs });
      child.kill('SIGKILL');
    });
    child.once('message', (report) => resolve(report as LoadReport));
    child.once('error', (error) => resolve({ kind: 'ended', said: String(error) }));
    child.once('close', () => {
      cancel();
      resolve({ kind: 'ended', said: said.trim() });
    });
  });
}

/** Beside this file, and of its kind: .ts as it is written, .js as it is published. */
function programPath(): string {
  const own = fileURLToPath(import.meta.url);
  return join(dirname(own), `read-handler-program${extname(own)}`);
}

/** Packages are found in the child as they are here. */
const conditions = (execArgv: readonly string[]): readonly string[] =>
  execArgv.filter((argument) => argument.startsWith('--conditions='));
