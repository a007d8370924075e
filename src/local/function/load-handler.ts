import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export type Handler = (event: unknown, context: unknown) => unknown;

/** An error by one of Lambda's own names. */
export class RuntimeError extends Error {
  constructor(name: `Runtime.${string}`, message: string) {
    super(message);
    this.name = name;
  }
}

/** In Lambda's order; those of TypeScript are found here only. */
const extensions = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts'];

/**
 * Finds a handler as Lambda's runtime for Node.js does, with its errors.
 * @param handler the file without its extension, a dot, and the export, which may itself have dots
 * @throws RuntimeError or whatever the file throws when it is imported
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
export async function loadHandler(folder: string, handler: string): Promise<Handler> {
  const { directory, file, path } = parseHandler(handler);
  const found = findExport(await importFile(folder, directory, file), path);
  if (found === undefined || found === null)
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  if (typeof found !== 'function')
    throw new RuntimeError('Runtime.HandlerNotFound', `${handler} is not a function`);
  if (found.length >= 3)
    throw new RuntimeError(
      'Runtime.CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24: ' +
        `${handler} takes ${found.length} parameters. Make it an async function of an event and a context.`,
    );
  return found as Handler;
}

function parseHandler(handler: string) {
  if (handler.includes('..'))
    throw new RuntimeError('Runtime.MalformedHandlerName', `'${handler}' is not a valid handler name`);
  const name = basename(handler);
  const dot = name.indexOf('.');
  if (dot < 0)
    throw new RuntimeError(
      'Runtime.MalformedHandlerName',
      `Bad handler: '${handler}' names no export; it should be a file without its extension, a dot, and the export`,
    );
  return {
    directory: handler.slice(0, handler.length - name.length),
    file: name.slice(0, dot),
    path: name.slice(dot + 1).split('.'),
  };
}

async function importFile(folder: string, directory: string, file: string): Promise<unknown> {
  const bare = resolve(folder, directory, file);
  try {
    const extension = extensions.find((each) => existsSync(`${bare}${each}`));
    if (extension !== undefined) return await import(pathToFileURL(`${bare}${extension}`).href);
    const require = createRequire(join(folder, 'package.json'));
    return require(require.resolve(file, { paths: [folder, join(folder, directory)] }));
  } catch (error) {
    if (error instanceof SyntaxError) {
      const renamed = new RuntimeError('Runtime.UserCodeSyntaxError', String(error));
      // The stack begins with the file and the line.
      renamed.stack = error.stack ?? '';
      throw renamed;
    }
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')
      throw new RuntimeError('Runtime.ImportModuleError', String(error));
    throw error;
  }
}

/** A module that was written as CommonJS may have its exports below `default` only. */
function findExport(module: unknown, path: readonly string[]): unknown {
  return below(module, path) ?? below(below(module, ['default']), path);
}

const below = (start: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    start,
  );
