import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { FunctionPlan } from '../../local/template/function-plan.ts';
import type { CommandIO } from '../command-io.ts';
import { findFramework } from './framework.ts';
import { createPackager } from './packager.ts';
import type { WatchedPlaces } from './watch-sources.ts';

/** Where a service comes from: the Serverless Framework packages it, or its template is there already. */
export interface ServiceSource {
  /** As the user knows it. */
  readonly name: string;
  /** The folder of the service. */
  readonly folder: string;
  /** Where a change means that the service has changed. */
  readonly watched: (plan: FunctionPlan) => WatchedPlaces;
  /** Resolves with the path of the template, made anew if it has to be made. */
  readonly template: () => Promise<string>;
  /** As CloudFormation would name the stack. */
  readonly stackName: (templatePath: string) => Promise<string>;
  /** Makes the next `template` quicker. */
  readonly prepare: () => void;
  readonly close: () => Promise<void>;
}

export const templateSource = (path: string): ServiceSource => ({
  name: path,
  folder: dirname(resolve(path)),
  // Whatever builds the code, what runs is what the template names.
  watched: ({ functions }) => ({
    paths: [resolve(path), ...functions.map(({ code }) => code.path)],
    ignoredNames: new Set(['node_modules']),
  }),
  template: () => Promise.resolve(resolve(path)),
  stackName: () => Promise.resolve(basename(path, extname(path)).replaceAll(/[^a-zA-Z0-9-]/g, '-')),
  prepare: () => undefined,
  close: () => Promise.resolve(),
});

/** Folders that a build or a package manager writes to. */
const built: ReadonlySet<string> = new Set(['node_modules', 'dist', 'build', 'coverage', 'cdk.out']);

export interface FrameworkOptions {
  readonly stage: string;
  /** serverless.yml, or another file of the framework. */
  readonly config: string;
}

/** @throws LocalStackError if no framework is installed */
export async function frameworkSource(
  { stage, config }: FrameworkOptions,
  { environment }: CommandIO,
): Promise<ServiceSource> {
  const folder = dirname(resolve(config));
  const program = findFramework(folder);
  const packageDir = await mkdtemp(join(tmpdir(), 'spillway-package-'));
  const packager = createPackager({
    projectDir: folder,
    program,
    arguments: ['--stage', stage, '--config', basename(config)],
    packageDir,
    environment,
  });
  return {
    name: config,
    folder,
    watched: () => ({ paths: [folder], ignoredNames: built }),
    template: packager.run,
    stackName: async (templatePath) => {
      const text = await readFile(join(dirname(templatePath), 'serverless-state.json'), 'utf8');
      const state = JSON.parse(text) as { readonly service: { readonly service: string } };
      return `${state.service.service}-${stage}`;
    },
    prepare: packager.prepare,
    close: async () => {
      await packager.stop();
      await rm(packageDir, { recursive: true, force: true });
    },
  };
}
