import { accessSync, constants, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';
import { LocalStackError } from '../../errors.ts';
import type { Environment } from './local-environment.ts';

/** Where DynamoDB comes from: a program to start, or an endpoint at which something runs already. */
export type DynamoDBSource =
  { readonly kind: 'program'; readonly path: string } | { readonly kind: 'endpoint'; readonly url: string };

export interface Machine {
  readonly platform: string;
  readonly arch: string;
  readonly environment: Environment;
  /** The folder of an installed package, if it is installed. */
  readonly findPackage?: (name: string) => string | undefined;
}

/** The platform's package first, then the PATH, then an endpoint that the user names. */
export function findDynamoDB({
  platform,
  arch,
  environment,
  findPackage = installed,
}: Machine): DynamoDBSource {
  const fileName = platform === 'win32' ? 'dynoxide.exe' : 'dynoxide';
  const packageName = `@dynoxide/${platform}-${arch}`;
  const folders = [findPackage(packageName), ...(environment['PATH'] ?? '').split(delimiter)];
  const path = folders
    .filter((folder) => folder !== undefined)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, fileName))
    .find(isProgram);
  if (path !== undefined) return { kind: 'program', path };
  const url = environment['AWS_ENDPOINT_URL_DYNAMODB'];
  if (url !== undefined && url !== '') return { kind: 'endpoint', url };
  throw new LocalStackError(
    `No DynamoDB to work with. Do one of three things: install dynoxide for this platform ` +
      `(npm install --save-dev ${packageName}), or put a "${fileName}" on the PATH, or set ` +
      `AWS_ENDPOINT_URL_DYNAMODB to a DynamoDB that runs already (DynamoDB Local, LocalStack).`,
  );
}

function installed(name: string): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
  } catch {
    return undefined; // Not installed is an answer here, not an error.
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
