import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject } from '../stream/record.ts';
import type { Runtime } from '../runtime.ts';
import type { EventConfig, Framework, FunctionConfig } from './framework.ts';
import { bundleTogether } from './load/bundle-handler.ts';
import type { Bundler } from './load/bundler.ts';
import { findBundler } from './load/bundler.ts';
import { findSource } from './load/find-source.ts';
import type { Problem } from './load/load-report.ts';
import { loadHandler } from './load/load-handler.ts';
import { loaderEnvironment } from './load/loader-environment.ts';
import { findTable } from './mapping/table-source.ts';
import type { Resources } from './resources/intrinsic.ts';
import type { Finding } from './rules/finding.ts';
import type { GivenMapping, SpillwayFunction } from './spillway-function.ts';
import { functionsWithEvents, givenEnvironment, spillwayEvents } from './spillway-function.ts';

export interface LoadedFunctions {
  readonly functions: readonly SpillwayFunction[];
  /** Of those that are not among the functions for it: all of them errors. */
  readonly findings: readonly Finding[];
}

/** Loads the handlers of all functions with spillway events. What is wrong with one does not hide what is wrong with another. */
export async function loadFunctions(
  framework: Framework,
  resources: Resources,
  runtime: Pick<Runtime, 'after'>,
): Promise<LoadedFunctions> {
  const { service, serviceDir } = framework;
  const bundler = findBundler(framework);
  const region = framework.getProvider('aws').getRegion();
  const functions = functionsWithEvents(service);
  await using bundles = await bundlesOf(
    serviceDir,
    functions.map(([, { handler }]) => handler),
    bundler,
  );
  const loaded = await Promise.all(
    functions.map(async ([name, config]): Promise<LoadedFunctions> => {
      const { mappings, problems } = findMappings(config, resources);
      const { handler } = config;
      if (handler === undefined) return { functions: [], findings: findingsFor(name, '', [noHandler]) };
      const environment = loaderEnvironment(givenEnvironment(service.provider, config), region);
      const result = await loadHandler({
        folder: serviceDir,
        handler,
        bundler,
        bundled: bundles.paths,
        environment,
        runtime,
      });
      const { file } = result;
      const all = result.kind === 'refused' ? [...problems, result.problem] : problems;
      if (result.kind === 'refused' || all.length > 0)
        return { functions: [], findings: findingsFor(name, file, all) };
      return { functions: [{ name, file, config, handler: result.handler, mappings }], findings: [] };
    }),
  );
  return {
    functions: loaded.flatMap(({ functions }) => functions),
    findings: loaded.flatMap(({ findings }) => findings),
  };
}

interface Bundles extends AsyncDisposable {
  readonly paths: ReadonlyMap<string, string> | undefined;
}

/** What esbuild makes of the handlers, if there are several; below the service's folder, where what is left out of a bundle is looked for. */
async function bundlesOf(
  folder: string,
  handlers: readonly (string | undefined)[],
  bundler: Bundler,
): Promise<Bundles> {
  const files = new Set(handlers.flatMap((handler) => findSource(folder, handler ?? '')?.file ?? []));
  if (bundler.kind !== 'esbuild' || files.size < 2)
    return { paths: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  const scratch = await mkdtemp(join(folder, '.spillway-'));
  const remove = () => rm(scratch, { recursive: true, force: true });
  return {
    paths: await bundleTogether(folder, [...files], scratch, bundler.options),
    [Symbol.asyncDispose]: remove,
  };
}

function findMappings(
  config: FunctionConfig,
  resources: Resources,
): { readonly mappings: readonly GivenMapping[]; readonly problems: readonly Problem[] } {
  const events = spillwayEvents(config).filter(isObject);
  const found = events.map(({ table, ...given }: EventConfig) => ({
    table: findTable(table, resources),
    given,
  }));
  const problems = found.flatMap(({ table }) => ('rule' in table ? [table] : []));
  const mappings = found.flatMap(({ table, given }) => ('rule' in table ? [] : [{ table, given }]));
  const ids = mappings.map(({ table }) => table.model.id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  return { mappings, problems: twice === undefined ? problems : [...problems, tableTwice(twice)] };
}

/** AWS refuses a second mapping of one stream to one function. */
const tableTwice = (id: string): Problem => ({
  rule: 'table-twice',
  message: `two spillway events of the function are for the table "${id}".`,
  remedy: 'Leave one of them out: one mapping brings all that the routes accept.',
});

const noHandler: Problem = {
  rule: 'handler-not-found',
  message: 'the function has a spillway event and no "handler": routes cannot be read out of an image.',
  remedy: 'Give it a handler, or use a stream event and write its options by hand.',
};

export const findingsFor = (name: string, file: string, problems: readonly Problem[]): readonly Finding[] =>
  problems.map((problem) => ({ level: 'error', file, function: name, ...problem }));
