import type { LoadReport } from './load-report.ts';
import { isObject } from '../../stream/record.ts';

/** What is to be said of a module's export: that it is a handler of Spillway's, or why it is none. */
export function reportOn(module: unknown, exportName: string): LoadReport {
  const exports = exportsOf(module);
  const found: unknown = exports[exportName];
  if (found === undefined) return { kind: 'no-export', found: Object.keys(exports).filter(isWritten) };
  // Known by what it is made of: the bundle has a Spillway of its own.
  if (typeof found !== 'function' || !('routes' in found) || !Array.isArray(found.routes))
    return { kind: 'not-a-handler' };
  if (!('description' in found) || !isObject(found.description)) return { kind: 'not-described' };
  const { routes, description } = found;
  return { kind: 'loaded', routes, description } as unknown as LoadReport;
}

/** Not what Node.js adds to a module that was written as CommonJS. */
const isWritten = (name: string): boolean => !['default', 'module.exports', '__esModule'].includes(name);

/** A module that was written as CommonJS may have its exports below `default` only. */
function exportsOf(module: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(module)) return {};
  const below = module['default'];
  return isObject(below) ? { ...below, ...module } : module;
}
