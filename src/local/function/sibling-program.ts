import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { siblingFile } from '../sibling-file.ts';

export interface SiblingProgram {
  readonly path: string;
  /** What it is to find in its environment for itself. */
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * A program of this folder. The types of a .ts are stripped once and not at each start, which saves more time and memory
 * than the whole program takes.
 */
export function siblingProgram(name: string): SiblingProgram {
  const path = siblingFile(import.meta.url, name);
  const cache = { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') };
  return { path, environment: extname(path) === '.ts' ? cache : {} };
}
