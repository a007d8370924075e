import type { Framework } from '../framework.ts';
import { isObject } from '../../stream/record.ts';

/** esbuild's options, as the service has them. */
export type BundleOptions = Readonly<Record<string, unknown>>;

/** How the service's handlers become what is deployed. */
export type Bundler =
  | { readonly kind: 'esbuild'; readonly options: BundleOptions }
  /** One that cannot be asked: esbuild with options of its own has to do for reading the routes. */
  | { readonly kind: 'other' }
  | { readonly kind: 'none' };

/**
 * Asks serverless-esbuild for its options where the service uses it (whichever stands first in `plugins`: it is asked when
 * all of them are there), else serverless 4, which has esbuild built in.
 */
export function findBundler({ pluginManager, configSchemaHandler, service }: Framework): Bundler {
  const plugin = pluginManager.plugins.find(isEsbuildPlugin);
  if (plugin !== undefined) {
    const options = plugin.getBuildOptions();
    return { kind: 'esbuild', options: { ...options, plugins: plugin.plugins } };
  }
  if (pluginManager.plugins.some((one) => otherBundlers.test(nameOf(one)))) return { kind: 'other' };
  const build = builtInOptions(configSchemaHandler.schema, service);
  return build === undefined ? { kind: 'none' } : { kind: 'esbuild', options: build };
}

interface EsbuildPlugin {
  readonly getBuildOptions: () => BundleOptions;
  /** esbuild's own plugins. */
  readonly plugins: unknown;
}

/** By what it can be asked: its class may have been renamed when it was bundled. */
const isEsbuildPlugin = (plugin: unknown): plugin is EsbuildPlugin =>
  isObject(plugin) && typeof plugin['getBuildOptions'] === 'function' && 'buildCache' in plugin;

const otherBundlers = /webpack|bundle|typescript|rspack|vite|rollup|swc/i;

const nameOf = (plugin: unknown): string => (isObject(plugin) ? plugin.constructor.name : '');

/** Of `build.esbuild`, where the framework's schema knows `build`: undefined elsewhere. */
function builtInOptions(schema: unknown, service: Framework['service']): BundleOptions | undefined {
  const properties = isObject(schema) ? schema['properties'] : undefined;
  if (!isObject(properties) || !('build' in properties)) return undefined;
  const build: unknown = Reflect.get(service, 'build');
  const options = isObject(build) ? build['esbuild'] : undefined;
  return isObject(options) ? options : {};
}
