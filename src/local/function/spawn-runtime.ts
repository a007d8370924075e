import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { LocalStackError } from '../../errors.ts';
import { siblingProgram } from './sibling-program.ts';

export interface RuntimeCommand {
  /** The working directory, as in Lambda the deployment package's. */
  readonly folder: string;
  readonly execArgv: readonly string[];
  readonly sdkFrom: string;
  readonly environment: Readonly<Record<string, string>>;
}

export type SpawnedRuntime =
  | {
      readonly kind: 'started';
      readonly pid: number;
      readonly process: ChildProcess;
      /** For frames, in both directions. */
      readonly channel: Socket;
      /** Standard output and standard error. */
      readonly outputs: readonly Readable[];
    }
  | { readonly kind: 'not-started'; readonly cause: Promise<unknown> };

/** A process that leads a group of its own: Ctrl-C in the terminal does not reach it. */
export function spawnRuntime({ folder, execArgv, sdkFrom, environment }: RuntimeCommand): SpawnedRuntime {
  try {
    const program = siblingProgram('lambda-runtime');
    const child = spawn(process.execPath, [...execArgv, program.path, sdkFrom], {
      cwd: folder,
      env: { ...environment, ...program.environment },
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    const failed = once(child, 'error').then(([error]: unknown[]) => error);
    if (child.pid === undefined) return { kind: 'not-started', cause: failed };
    // Without descriptors left, a process may have no streams either; one that has started has them all.
    const [, stdout, stderr, channel] = child.stdio;
    if (!(stdout instanceof Readable && stderr instanceof Readable && channel instanceof Socket))
      throw new LocalStackError('A process of a function was started without its pipes.');
    return { kind: 'started', pid: child.pid, process: child, channel, outputs: [stdout, stderr] };
  } catch (error) {
    return { kind: 'not-started', cause: Promise.resolve(error) };
  }
}
