import { LocalStackError } from '../errors.ts';

/** For an import that fails: says for what the package is needed, and how to get it. */
export const notInstalled =
  (what: string, packageName: string) =>
  (cause: unknown): never => {
    throw new LocalStackError(`${what}: npm install --save-dev ${packageName}`, { cause });
  };
