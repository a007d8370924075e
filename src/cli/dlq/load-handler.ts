import { existsSync, statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidOptionError, ReplayError } from '../../errors.ts';
import type { ReplayOptions } from '../../replay/replay-dead-letters.ts';

type StreamHandler = NonNullable<ReplayOptions['handler']>;

/** Which export of which file. */
export interface HandlerPlace {
  readonly path: string;
  /** Undefined: the one that is a handler. */
  readonly exportName: string | undefined;
}

/** As far as Node.js runs them by itself. */
const extensions = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/**
 * `handlers/orders.ts`, `handlers/orders.ts#handler`, or as the Serverless Framework has it: `handlers/orders.handler`.
 * @throws InvalidOptionError if there is no such file
 */
export function findHandler(text: string, folder = process.cwd()): HandlerPlace {
  const [, file = text, exportName] = /^(.+)#([^#]+)$/.exec(text) ?? [];
  const path = existing(resolve(folder, file));
  if (path !== undefined) return { path, exportName };
  const [, bare = '', dotted] = /^(.+)\.([\w$]+)$/.exec(text) ?? [];
  const serverless = dotted === undefined ? undefined : existing(resolve(folder, bare));
  if (serverless !== undefined) return { path: serverless, exportName: dotted };
  throw new InvalidOptionError(
    `There is no file ${file}. --handler takes a file and, if it has several handlers, the export: ` +
      'handlers/orders.ts#handler, or handlers/orders.handler.',
  );
}

/** A file, as it is named or with an extension. */
const existing = (path: string): string | undefined =>
  [path, ...extensions.map((extension) => `${path}${extension}`)].find(
    (each) => existsSync(each) && statSync(each).isFile(),
  );

/**
 * Imports the module and finds the handler in it.
 * @throws ReplayError if it cannot be imported, with the module's own error as its cause, or has no such handler
 */
export async function loadHandler({ path, exportName }: HandlerPlace): Promise<StreamHandler> {
  const exports = exportsOf(await importModule(path));
  const handlers = exports.filter((entry): entry is readonly [string, StreamHandler] => isHandler(entry[1]));
  const names = handlers.map(([name]) => name);
  const there = names.length === 0 ? 'It has none' : `It has ${names.join(', ')}`;
  if (exportName !== undefined) {
    const found = handlers.find(([name]) => name === exportName);
    if (found !== undefined) return found[1];
    const isThere = exports.some(([name]) => name === exportName);
    throw new ReplayError(
      `The export "${exportName}" of ${path} is ${isThere ? 'not' : 'not there, so it is not'} a handler that createHandler made. ${there}.`,
    );
  }
  // What is exported twice, by its name and as the default, is one.
  const [only, ...others] = new Set(handlers.map(([, handler]) => handler));
  if (only === undefined)
    throw new ReplayError(
      `${path} exports no handler that createHandler made: name the file that does with --handler.`,
    );
  if (others.length > 0)
    throw new ReplayError(
      `${path} exports several handlers: say which, as in --handler FILE#EXPORT. ${there}.`,
    );
  return only;
}

async function importModule(path: string): Promise<unknown> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (cause) {
    throw new ReplayError(whyNotImported(path, cause), { cause });
  }
}

function whyNotImported(path: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const isTypeScript = ['.ts', '.mts', '.cts'].includes(extname(path));
  if (isTypeScript && code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return `${path} is TypeScript, which Node.js ${process.versions.node} does not run by itself: use 22.18 or later, or name the built file with --handler.`;
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX')
    return `${path}, or what it imports, has TypeScript that Node.js cannot run by leaving the types out: name the built file with --handler.`;
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')
    return `${path} imports what cannot be found. Is all installed, and do its imports name files with their extensions? Else name the built file with --handler.`;
  return `${path} failed when it was imported: does it need environment variables that are not set here? (Spillway's own are set with --consumer and --ledger-table.)`;
}

/** A module that was written as CommonJS may have its exports below `default` only. */
function exportsOf(module: unknown): readonly (readonly [name: string, value: unknown])[] {
  if (typeof module !== 'object' || module === null) return [];
  const own = Object.entries(module);
  const inner: unknown = (module as Readonly<Record<string, unknown>>)['default'];
  const below = typeof inner === 'object' && inner !== null ? Object.entries(inner) : [];
  return [...own, ...below.filter(([name]) => !Object.hasOwn(module, name))];
}

/** Known by what it is made of: the module may have a Spillway of its own. */
const isHandler = (value: unknown): value is StreamHandler =>
  typeof value === 'function' && 'routes' in value && Array.isArray(value.routes);
