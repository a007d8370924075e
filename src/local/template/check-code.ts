import { readFile, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { LocalStackError } from '../../errors.ts';
import type { FunctionPlan, PlannedFunction } from './function-plan.ts';
import { zipNames } from './zip-names.ts';

/** What Lambda's Node.js looks for, in its order. */
const extensions = ['.js', '.mjs', '.cjs'] as const;

/**
 * Looks whether the code of every function is on this disk and holds the handler's file; it is not loaded.
 * @throws LocalStackError naming the function, the handler and the path of the first that is not there
 */
export async function checkCode({ functions }: Pick<FunctionPlan, 'functions'>): Promise<void> {
  for (const planned of functions) await checkFunction(planned);
}

async function checkFunction({ logicalId, handler, code }: PlannedFunction): Promise<void> {
  const missing = (what: string, options?: ErrorOptions) =>
    new LocalStackError(
      `The function ${logicalId} (handler ${handler}) cannot run: ${what}. Build it first ` +
        `(npx osls package, sam build, npx cdk synth), or correct its code and handler in the template.`,
      options,
    );
  const file = handlerModule(handler);
  if (file === undefined)
    throw missing(`its handler is not of the form folder/file.export, for the code in ${code.path}`);
  const candidates = extensions.map((extension) => `${file}${extension}`);
  const absent = `there is no ${candidates.join(' or ')} in ${code.path}`;
  if (code.kind === 'folder') {
    const isThere = await Promise.all(candidates.map((candidate) => isFile(join(code.path, candidate))));
    if (!isThere.includes(true)) throw missing(absent);
    return;
  }
  const zip = await readFile(code.path).catch((cause: unknown) => {
    throw missing(`its code ${code.path} cannot be read`, { cause });
  });
  const names = zipNames(zip);
  if (names === undefined) throw missing(`its code ${code.path} is no zip`);
  if (!candidates.some((candidate) => names.includes(candidate))) throw missing(absent);
}

/**
 * The path of the handler's file without its extension, for the export begins at the first dot of the last part.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html
 */
function handlerModule(handler: string): string | undefined {
  const [file, ...exported] = posix.basename(handler).split('.');
  if (file === undefined || file === '' || exported.join('.') === '') return undefined;
  return posix.join(posix.dirname(handler), file);
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
