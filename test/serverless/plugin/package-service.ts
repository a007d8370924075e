import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Files } from '../../cli/dev/dev-session.ts';
import { writeFiles } from '../../cli/dev/dev-session.ts';

const repository = resolve(import.meta.dirname, '../../..');
const osls = join(repository, 'node_modules/osls/bin/serverless.js');

export interface TemplateResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** A service in a folder of its own, that finds this repository as the package `spillway`. */
export function serviceFolder(files: Files) {
  const folder = mkdtempSync(join(tmpdir(), 'spillway-plugin-'));
  const packages = ['osls', 'serverless-esbuild', 'esbuild', '@aws-sdk'];
  mkdirSync(join(folder, 'node_modules'));
  for (const name of packages)
    symlinkSync(join(repository, 'node_modules', name), join(folder, 'node_modules', name));
  symlinkSync(repository, join(folder, 'node_modules/spillway'));
  writeFiles(folder, files);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs osls in the folder, as a user would, with nothing of AWS in its environment. */
export async function runFramework(folder: string, ...given: readonly string[]) {
  const child = spawn(process.execPath, ['--conditions=spillway-source', osls, ...given], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [code: number | null];
  return { code, said: stripVTControlCharacters(said) };
}

/** Packages the service in a folder, and reads what came of it. */
export async function packageIn(folder: string) {
  const { code, said } = await runFramework(folder, 'package');
  const templatePath = join(folder, '.serverless/cloudformation-template-update-stack.json');
  const text = existsSync(templatePath) ? readFileSync(templatePath, 'utf8') : '{"Resources":{}}';
  const { Resources: resources } = JSON.parse(text) as {
    readonly Resources: Readonly<Record<string, TemplateResource>>;
  };
  const left = readdirSync(folder).filter((name) => name.startsWith('.'));
  return { code, said, left, resources, templatePath };
}

/** The same in a folder that is gone afterwards. */
export async function packageService(files: Files) {
  const { folder, remove } = serviceFolder(files);
  try {
    return await packageIn(folder);
  } finally {
    remove();
  }
}
