import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import type { ColdStartContestant } from './contestants.ts';
import type { Setting } from './settings.ts';

export interface Bundle {
  readonly file: string;
  readonly bytes: number;
  /** Of a package that holds nothing else. */
  readonly zipBytes: number;
  /** The modules in it. */
  readonly inputs: readonly Input[];
}

interface Input {
  readonly file: string;
  readonly bytesInOutput: number;
  /** What it imports with `import()`, by its name in the bundle. */
  readonly importsLater: readonly string[];
}

/** Bundles a contestant as serverless-esbuild does: it adds `bundle` and the platform, and `exclude` is `external`. */
export async function bundle(
  { id, source }: ColdStartContestant,
  setting: Setting,
  esbuild: object,
  folder: string,
): Promise<Bundle> {
  const file = join(folder, `${id}-${setting.id}.mjs`);
  const { metafile } = await build({
    ...esbuild,
    bundle: true,
    platform: 'node',
    external: [...setting.exclude],
    entryPoints: [fileURLToPath(source)],
    outfile: file,
    logLevel: 'warning',
    metafile: true,
  });
  const code = readFileSync(file);
  return {
    file,
    bytes: code.length,
    zipBytes: zipSync({ 'index.mjs': code }, { level: 9 }).length,
    inputs: inputsOf(metafile),
  };
}

const inputsOf = ({ inputs, outputs }: Metafile): readonly Input[] =>
  Object.values(outputs).flatMap((output) =>
    Object.entries(output.inputs).map(([name, { bytesInOutput }]) => ({
      file: name,
      bytesInOutput,
      importsLater: (inputs[name]?.imports ?? []).flatMap(({ kind, path }) =>
        kind === 'dynamic-import' ? [path] : [],
      ),
    })),
  );

/** The measuring side, without a bundle: a bundler would leave out what it imports for its effect. */
export async function compileChild(folder: string): Promise<string> {
  const outfile = join(folder, 'child.mjs');
  const source = fileURLToPath(new URL('./child.ts', import.meta.url));
  await build({ entryPoints: [source], outfile, format: 'esm', logLevel: 'warning' });
  return outfile;
}
