import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isObject } from '../../stream/record.ts';
import type { BundleOptions } from './bundler.ts';
import type { Problem } from './load-report.ts';

/** As much of esbuild as is used, whichever version the project has. */
interface Esbuild {
  readonly build: (options: object) => Promise<unknown>;
  readonly formatMessages: (messages: unknown, options: object) => Promise<readonly string[]>;
}

export interface BundleRequest {
  /** The service's folder: its esbuild is used. */
  readonly folder: string;
  readonly file: string;
  readonly outputFile: (extension: '.mjs' | '.cjs') => string;
  readonly options: BundleOptions;
}

/** The options that decide what the bundle does; the others decide how it looks, or are not esbuild's own. */
const optionNames = [
  ...['alias', 'banner', 'bundle', 'conditions', 'define', 'drop', 'external', 'footer', 'format', 'inject'],
  ...['jsx', 'jsxFactory', 'jsxFragment', 'jsxImportSource', 'loader', 'mainFields', 'packages', 'platform'],
  ...[
    'plugins',
    'preserveSymlinks',
    'pure',
    'resolveExtensions',
    'supported',
    'target',
    'tsconfig',
    'tsconfigRaw',
  ],
];

/** The bundle's path; a problem if esbuild is not there or refuses the source. */
export async function bundleHandler(request: BundleRequest): Promise<string | Problem> {
  const esbuild = findEsbuild(request.folder);
  if (esbuild === undefined)
    return {
      rule: 'handler-not-bundled',
      message: `${request.file} has to be bundled to be read, and esbuild is not installed in the project.`,
      remedy: 'npm install --save-dev esbuild serverless-esbuild, and list serverless-esbuild in "plugins".',
    };
  const { options, folder, file } = request;
  const outfile = request.outputFile(extensionFor(options));
  try {
    await esbuild.build({ ...optionsFor(folder, options), entryPoints: [file], outfile });
    return outfile;
  } catch (error) {
    const errors = isObject(error) ? error['errors'] : undefined;
    const texts = Array.isArray(errors)
      ? await esbuild.formatMessages(errors, { kind: 'error', color: false })
      : [String(error)];
    return {
      rule: 'handler-not-bundled',
      message: `${file} cannot be bundled:\n${texts.join('\n').trim()}`,
      remedy: 'Mend the source; what custom.esbuild says is heeded.',
    };
  }
}

/**
 * The bundles of several files by their names, in a folder of their own, made in one go: what they share is read once, which
 * takes half the time. Undefined if esbuild is not there or one of them cannot be bundled: alone it says why.
 */
export async function bundleTogether(
  folder: string,
  files: readonly string[],
  outdir: string,
  options: BundleOptions,
): Promise<ReadonlyMap<string, string> | undefined> {
  const extension = extensionFor(options);
  const entries = files.map((file, index) => ({ in: file, out: `handler${index}` }));
  try {
    await findEsbuild(folder)?.build({
      ...optionsFor(folder, options),
      entryPoints: entries,
      outdir,
      outExtension: { '.js': extension },
    });
    return new Map(entries.map(({ in: file, out }) => [file, join(outdir, `${out}${extension}`)]));
  } catch {
    return undefined;
  }
}

const extensionFor = (options: BundleOptions): '.mjs' | '.cjs' =>
  options['format'] === 'esm' || options['platform'] === 'neutral' ? '.mjs' : '.cjs';

const optionsFor = (folder: string, options: BundleOptions): object => ({
  ...pick(options),
  external: [...textsOf(options['external']), ...textsOf(options['exclude']).filter((one) => one !== '*')],
  bundle: options['bundle'] ?? true,
  platform: options['platform'] ?? 'node',
  absWorkingDir: folder,
  // So that an error names the line of the source.
  sourcemap: 'inline',
  logLevel: 'silent',
});

const pick = (options: BundleOptions): BundleOptions =>
  Object.fromEntries(Object.entries(options).filter(([name]) => optionNames.includes(name)));

const textsOf = (value: unknown): readonly string[] =>
  [value].flat().filter((one): one is string => typeof one === 'string');

/** The project's own, or that of its plugin. */
function findEsbuild(folder: string): Esbuild | undefined {
  const require = createRequire(join(folder, 'package.json'));
  const places = [
    () => require.resolve('esbuild'),
    () => createRequire(require.resolve('serverless-esbuild')).resolve('esbuild'),
  ];
  for (const place of places)
    try {
      // What the package exports; its types are those of one version.
      return require(place()) as Esbuild;
    } catch {
      // Not there: the next place.
    }
  return undefined;
}
