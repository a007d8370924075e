import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Peer {
  readonly name: string;
  readonly version: string;
}

const patienceMs = 300_000;

/**
 * The package in a folder of its own among the temporary ones, where it stays for the next time: it is no dependency of
 * this project. Its scripts are not run. Undefined if npm does not bring it.
 */
export async function installPeer({ name, version }: Peer): Promise<string | undefined> {
  const folder = join(tmpdir(), 'spillway-bench-peers', `${name}-${version}`);
  if (installedIn(folder, name) === version) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const flags = ['--save-exact', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  try {
    await promisify(execFile)('npm', ['install', ...flags, `${name}@${version}`], {
      cwd: folder,
      timeout: patienceMs,
    });
  } catch {
    return undefined;
  }
  return installedIn(folder, name) === version ? folder : undefined;
}

/** npm writes this file last: a folder that has it is whole. */
function installedIn(folder: string, name: string): string | undefined {
  try {
    const lock = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
      readonly packages?: Readonly<Record<string, { readonly version?: string }>>;
    };
    return lock.packages?.[`node_modules/${name}`]?.version;
  } catch {
    return undefined;
  }
}
