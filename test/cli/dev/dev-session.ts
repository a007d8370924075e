import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'vitest';

const repository = resolve(import.meta.dirname, '../../..');
const program = join(repository, 'src/cli/spillway.ts');

export type Files = Readonly<Record<string, string>>;

export function writeFiles(folder: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** A service in a folder of its own, with what this repository has installed. */
export function serviceFolder(files: Files) {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-service-'));
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'));
  writeFiles(folder, files);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** What starts `spillway dev`. */
export const devCommand = (...given: readonly string[]): readonly [string, ...string[]] => [
  process.execPath,
  '--conditions=spillway-source',
  program,
  'dev',
  ...given,
];

/** `spillway dev` in a process of its own, with a folder for temporary files that nobody else uses. */
export function startDev(folder: string, ...given: readonly string[]) {
  const temporary = mkdtempSync(join(tmpdir(), 'spillway-dev-'));
  const [command, ...args] = devCommand(...given);
  const child = spawn(command, args, {
    cwd: folder,
    // With the user's own folder, in which the framework keeps what it has compiled.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: temporary },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'close') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  return {
    child,
    ended,
    said: () => said,
    /** What was said from this moment on matches. */
    nowSays: (pattern: RegExp, timeout = 15_000) => {
      const before = said.length;
      return expect.poll(() => said.slice(before), { timeout, interval: 20 }).toMatch(pattern);
    },
    says: (pattern: RegExp, timeout = 20_000) =>
      expect.poll(() => said, { timeout, interval: 20 }).toMatch(pattern),
    /** What a terminal does: the signal goes to the whole group. */
    pressCtrlC: () => process.kill(-(child.pid ?? 0), 'SIGINT'),
    below: () => processesBelow(child),
    temporaryFiles: () => readdirSync(temporary).filter((name) => name !== 'node-compile-cache'),
    remove: () => {
      child.kill('SIGKILL');
      rmSync(temporary, { recursive: true, force: true });
    },
  };
}

export type DevSession = ReturnType<typeof startDev>;

/** Asks the system, and leaves out who asks. */
export function processesBelow({ pid = 0 }: ChildProcess): readonly number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' });
  const rows = stdout.split('\n').map((row) => row.trim().split(/\s+/));
  const below = (parent: number): readonly number[] =>
    rows
      .filter(([, its, name]) => Number(its) === parent && name !== 'ps')
      .flatMap(([child]) => [Number(child), ...below(Number(child))]);
  return below(pid);
}

/** A zombie is gone: it only waits for the system to forget it. */
export const isAlive = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
};

export const allGone = (pids: readonly number[]) =>
  expect.poll(() => pids.filter(isAlive), { timeout: 5_000, interval: 20 }).toEqual([]);
