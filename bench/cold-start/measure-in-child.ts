import { fork } from 'node:child_process';
import type { Took } from './child.ts';

interface Files {
  readonly child: string;
  readonly bundle: string;
  readonly eventsFile: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What became of a start. Its process says on standard error how it failed. */
export type StartOutcome =
  { readonly kind: 'measured'; readonly took: Took } | { readonly kind: 'failed'; readonly reason: string };

/** A start in a new process, with nothing in its environment but what a function has in it. */
export function measureInChild({ child, bundle, eventsFile, environment }: Files): Promise<StartOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<StartOutcome>();
  const started = fork(child, [bundle, eventsFile], {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: environment,
  });
  started.on('message', (took) => resolve({ kind: 'measured', took: took as Took }));
  started.on('error', reject);
  started.on('exit', (code) =>
    resolve({ kind: 'failed', reason: `its process ended with status ${code ?? 'of a signal'}` }),
  );
  return promise;
}
