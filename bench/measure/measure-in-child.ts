import { fork } from 'node:child_process';
import type { Contestant } from '../contestants/contestant.ts';
import type { Measured } from './measure.ts';
import type { Report } from './outcome.ts';

/**
 * Garbage is collected on the thread that makes it, as where there is one processor (Lambda below 1,769 MB): else it is
 * collected for nothing by the other.
 */
const flags = ['--conditions=spillway-source', '--expose-gc', '--single-threaded-gc'];

/** In megabytes: a batch's garbage fits into it. */
const largeYoungGeneration = ['--min-semi-space-size=256', '--max-semi-space-size=256'];

/** Measures a contestant in a process of its own, whose V8 has compiled for nobody else. */
export function measureInChild(contestant: Contestant, what: Measured, directory: string): Promise<Report> {
  const { promise, resolve, reject } = Promise.withResolvers<Report>();
  const child = fork(new URL('./child.ts', import.meta.url), [contestant.id, what, directory], {
    execArgv: what === 'memory' ? [...flags, ...largeYoungGeneration] : flags,
  });
  child.on('message', (report) => resolve(report as Report));
  child.on('error', reject);
  child.on('exit', (code) =>
    resolve({ kind: 'failed', reason: `its process ended with status ${code ?? 'of a signal'}` }),
  );
  return promise;
}
