import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { LocalStackError } from '../../errors.ts';
import { notInstalled } from '../optional-package.ts';
import type { CodeLocation } from '../template/function-plan.ts';
import { folderVersion } from './folder-version.ts';

export interface UnpackedCode {
  /** The folder that holds the code. */
  readonly folder: string;
  /** Another text for other code. */
  readonly version: string;
}

export interface Unpacker {
  /**
   * The folder that was named, or one below `workDir` into which the zip is unpacked. The same zip is unpacked once.
   * @throws LocalStackError if fflate is not installed, or for a zip that is none or reaches out of its folder
   */
  readonly unpack: (code: CodeLocation) => Promise<UnpackedCode>;
  /** Deletes what was unpacked, but for these folders. */
  readonly keepOnly: (folders: readonly string[]) => Promise<void>;
}

export function createUnpacker(workDir: string): Unpacker {
  /** By the hash of the zip. Two functions may come with the same zip at the same time. */
  const unpacked = new Map<string, Promise<string>>();

  const unpackOnce = (hash: string, zip: Buffer, path: string): Promise<string> => {
    const there = unpacked.get(hash);
    if (there) return there;
    const folder = join(workDir, hash);
    const unpacking = unpackZip(zip, { path, folder });
    unpacked.set(hash, unpacking);
    // What is there by halves must not be taken for the whole the next time.
    unpacking.catch(() => {
      unpacked.delete(hash);
      void rm(folder, { recursive: true, force: true });
    });
    return unpacking;
  };

  return {
    unpack: async ({ kind, path }) => {
      if (kind === 'folder') return { folder: path, version: await folderVersion(path) };
      const zip = await readFile(path);
      const version = createHash('sha256').update(zip).digest('hex').slice(0, 16);
      return { folder: await unpackOnce(version, zip, path), version };
    },
    keepOnly: async (folders) => {
      const names = (await readdir(workDir)).filter((name) => !folders.includes(join(workDir, name)));
      for (const name of names) {
        unpacked.delete(name);
        await rm(join(workDir, name), { recursive: true, force: true });
      }
    },
  };
}

interface Unpacking {
  readonly path: string;
  readonly folder: string;
}

async function unpackZip(zip: Buffer, { path, folder }: Unpacking): Promise<string> {
  const what = 'To unpack a zip takes fflate, which is not installed';
  const { unzipSync } = await import('fflate').catch(notInstalled(what, 'fflate'));
  for (const [name, content] of entriesOf(path, () => unzipSync(zip))) {
    const file = resolve(folder, name);
    if (name.endsWith('/')) continue;
    if (!file.startsWith(folder + sep))
      throw new LocalStackError(
        `${path} has a file that would lie outside of the function's folder: ${name}. Package it anew.`,
      );
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
  return folder;
}

function entriesOf(path: string, unzip: () => Readonly<Record<string, Uint8Array>>) {
  try {
    return Object.entries(unzip());
  } catch (cause) {
    throw new LocalStackError(`${path} is no zip that can be unpacked. Package it anew.`, { cause });
  }
}
