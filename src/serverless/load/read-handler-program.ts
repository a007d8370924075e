/**
 * A program of its own: imports a handler, says what it is, and ends. Its arguments: the file, the name of the export, and
 * for how many milliseconds code that the import has begun is waited for.
 */
import { pathToFileURL } from 'node:url';
import type { LoadReport } from './load-report.ts';
import { refuseNetwork } from './refuse-network.ts';
import { reportOn } from './report-handler.ts';

const [, , file = '', exportName = '', idleMs = '0'] = process.argv;

let isSaid = false;
/** The first word counts: what comes after it comes of the end. */
function say(report: LoadReport): void {
  if (isSaid) return;
  isSaid = true;
  process.channel?.ref();
  process.send?.(report, () => process.exit(0));
}

const threw = (error: unknown): void =>
  say({ kind: 'threw', what: error instanceof Error ? (error.stack ?? String(error)) : String(error) });

// Whoever asked is gone.
process.on('disconnect', () => process.exit(1));
process.on('uncaughtException', threw);
process.on('unhandledRejection', threw);
refuseNetwork((target) => {
  say({ kind: 'network', target });
  throw new Error(`spillway: ${target} is not reached while a handler is loaded`);
});

try {
  const module: unknown = await import(pathToFileURL(file).href);
  // What the import began and nobody waits for may touch the network yet.
  process.channel?.unref();
  const done = (): void => say(reportOn(module, exportName));
  process.once('beforeExit', done);
  setTimeout(done, Number(idleMs)).unref();
} catch (error) {
  threw(error);
}
