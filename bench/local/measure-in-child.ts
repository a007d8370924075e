import { fork } from 'node:child_process';
import type { Part } from './parts.ts';
import type { Series } from './series.ts';

/** What became of a part in one round. Its process says on standard error how it failed. */
export type PartOutcome =
  | { readonly kind: 'measured'; readonly series: readonly Series[] }
  | { readonly kind: 'failed'; readonly reason: string };

/** Measures a part in a process of its own, whose V8 has compiled for nobody else. */
export function measureInChild({ id }: Part): Promise<PartOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<PartOutcome>();
  const child = fork(new URL('./child.ts', import.meta.url), [id], {
    execArgv: ['--conditions=spillway-source'],
  });
  child.on('message', (series) => resolve({ kind: 'measured', series: series as readonly Series[] }));
  child.on('error', reject);
  child.on('exit', (code) =>
    resolve({
      kind: 'failed',
      reason: `${id} was not measured: its process ended with status ${code ?? 'of a signal'}`,
    }),
  );
  return promise;
}
