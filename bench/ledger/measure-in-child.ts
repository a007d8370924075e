import { fork } from 'node:child_process';
import type { Round, Turn } from './measure-round.ts';

/** What became of a turn. Its process says on standard error how it failed. */
export type TurnOutcome =
  { readonly kind: 'measured'; readonly round: Round } | { readonly kind: 'failed'; readonly reason: string };

/** Measures in a process of its own: the engine's log is read in this one, and V8 has compiled for nobody else. */
export function measureInChild(turn: Turn): Promise<TurnOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<TurnOutcome>();
  const child = fork(new URL('./child.ts', import.meta.url), [JSON.stringify(turn)], {
    execArgv: ['--conditions=spillway-source'],
  });
  child.on('message', (round) => resolve({ kind: 'measured', round: round as Round }));
  child.on('error', reject);
  child.on('exit', (code) =>
    resolve({ kind: 'failed', reason: `its process ended with status ${code ?? 'of a signal'}` }),
  );
  return promise;
}
