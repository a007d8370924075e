import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import type { ColdStartContestant } from './contestants.ts';
import type { Setting } from './settings.ts';

export interface Bundle {
  readonly file: string;
  readonly bytes: number;
  /** Of a package that holds nothing else. */
  readonly zipBytes: number;
}

/** Bundles a contestant as serverless-esbuild does: it adds `bundle` and the platform, and `exclude` is `external`. */
export async function bundle(
  { id, source }: ColdStartContestant,
  setting: Setting,
  esbuild: object,
  folder: string,
): Promise<Bundle> {
  const file = join(folder, `${id}-${setting.id}.mjs`);
  await build({
    ...esbuild,
    bundle: true,
    platform: 'node',
    external: [...setting.exclude],
    entryPoints: [fileURLToPath(source)],
    outfile: file,
    logLevel: 'warning',
  });
  const code = readFileSync(file);
  return {
    file,
    bytes: code.length,
    zipBytes: zipSync({ 'index.mjs': code }, { level: 9 }).length,
  };
}

/** The measuring side, without a bundle: a bundler would leave out what it imports for its effect. */
export async function compileChild(folder: string): Promise<string> {
  const outfile = join(folder, 'child.mjs');
  const source = fileURLToPath(new URL('./child.ts', import.meta.url));
  await build({ entryPoints: [source], outfile, format: 'esm', logLevel: 'warning' });
  return outfile;
}
