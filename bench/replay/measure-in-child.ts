import { fork } from 'node:child_process';
import { localConfig } from './clients.ts';
import type { Took, Turn } from './turn.ts';

/** What became of a turn. Its process says on standard error how it failed. */
export type ChildOutcome =
  { readonly kind: 'measured'; readonly took: Took } | { readonly kind: 'failed'; readonly reason: string };

/** A contestant in a process of its own. What it prints goes nowhere: one of them prints a line for each message. */
export function measureInChild(turn: Turn): Promise<ChildOutcome> {
  const { promise, resolve, reject } = Promise.withResolvers<ChildOutcome>();
  const child = fork(new URL('./child.ts', import.meta.url), [JSON.stringify(turn)], {
    execArgv: ['--conditions=spillway-source', ...(turn.seesHeap ? ['--expose-gc'] : [])],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      AWS_REGION: localConfig.region,
      AWS_ACCESS_KEY_ID: localConfig.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: localConfig.credentials.secretAccessKey,
      // Of the SDK of version 2: that it is out of support is known.
      AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
      NODE_NO_WARNINGS: '1',
      // lumigo-cli is not run as a command; should it come to that, it must ask nobody.
      SKIP_VERSION_CHECK: '1',
    },
  });
  child.on('message', (took) => resolve({ kind: 'measured', took: took as Took }));
  child.on('error', reject);
  child.on('exit', (code) =>
    resolve({ kind: 'failed', reason: `its process ended with status ${code ?? 'of a signal'}` }),
  );
  return promise;
}
