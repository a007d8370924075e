import { mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Runtime } from '../../runtime.ts';
import { bundleHandler } from './bundle-handler.ts';
import type { Bundler } from './bundler.ts';
import type { HandlerSource } from './find-source.ts';
import { findSource, isPlain } from './find-source.ts';
import type { LoadedHandler, Problem } from './load-report.ts';
import { problemOf } from './load-problem.ts';
import { runLoader } from './run-loader.ts';

export interface LoadRequest {
  /** The service's folder. */
  readonly folder: string;
  /** As serverless.yml has it: `handlers/orders.handler`. */
  readonly handler: string;
  readonly bundler: Bundler;
  /** Bundles that are there already, by their sources. */
  readonly bundled?: ReadonlyMap<string, string> | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly runtime: Pick<Runtime, 'after'>;
  /** Default 20 s: a cold import of a large bundle on a busy machine takes a few. */
  readonly timeoutMs?: number;
}

export type LoadResult =
  | { readonly kind: 'loaded'; readonly file: string; readonly handler: LoadedHandler }
  | { readonly kind: 'refused'; readonly file: string; readonly problem: Problem };

/** Reads what a handler is made of, from the code as it will be deployed. No route runs, and nothing is left behind. */
export async function loadHandler(request: LoadRequest): Promise<LoadResult> {
  const { folder, handler } = request;
  const source = findSource(folder, handler);
  if (source === undefined) return refusedFor(handler, noFile(handler));
  // Below the service's folder, for what is left out of a bundle is looked for from there on.
  const scratch = await mkdtemp(join(folder, '.spillway-'));
  try {
    const path = await codeOf(source, scratch, request);
    if (typeof path !== 'string') return refusedFor(source.file, path);
    const { environment, runtime, timeoutMs = 20_000 } = request;
    const { exportName } = source;
    const end = await runLoader({ folder, file: path, exportName, environment, runtime, timeoutMs });
    if (end.kind !== 'loaded') return refusedFor(source.file, problemOf(source, end, { folder, scratch }));
    const { routes, description } = end;
    return { kind: 'loaded', file: source.file, handler: { routes, description } };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const refusedFor = (file: string, problem: Problem): LoadResult => ({ kind: 'refused', file, problem });

/** The path of what can be imported. */
async function codeOf(
  source: HandlerSource,
  scratch: string,
  { folder, bundler, bundled }: LoadRequest,
): Promise<string | Problem> {
  const there = bundled?.get(source.file);
  if (there !== undefined) return there;
  if (bundler.kind !== 'esbuild' && isPlain(source)) return resolve(folder, source.file);
  if (bundler.kind === 'none') return noBundler(source.file);
  return bundleHandler({
    folder,
    file: source.file,
    outputFile: (extension) => join(scratch, `handler${extension}`),
    options: bundler.kind === 'esbuild' ? bundler.options : {},
  });
}

const noFile = (handler: string): Problem => ({
  rule: 'handler-not-found',
  message: `there is no file for the handler "${handler}".`,
  remedy: 'Set "handler" to the file without its extension, a dot, and the export: handlers/orders.handler.',
});

const noBundler = (file: string): Problem => ({
  rule: 'no-bundler',
  message: `${file} is TypeScript, and none of the service's plugins makes JavaScript of it.`,
  remedy:
    'List serverless-esbuild in "plugins" (plugins: [serverless-esbuild, spillway/serverless]), or name built files.',
});
