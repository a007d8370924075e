import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { build } from 'esbuild';

/** A consumer in a process of its own. */
interface Consumer {
  /** Resolves when it has loaded. */
  readonly ready: Promise<unknown>;
  readonly begin: () => void;
  /** Resolves with its first effect, or its end. */
  readonly working: Promise<unknown>;
  /** Resolves with whether it is gone by the signal, and did not end by itself before. */
  readonly kill: () => Promise<boolean>;
  /** Resolves with its exit code. */
  readonly ended: Promise<unknown>;
}

/** A program in one file, for it is loaded dozens of times, and that takes a fifth of the time then. */
export async function bundleProgram(folder: string, name: 'consumer' | 'replayer'): Promise<string> {
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [`${import.meta.dirname}/programs/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['spillway-source'],
    logLevel: 'error',
    // What is CommonJS among the packages calls `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  return outfile;
}

function startConsumer(program: string, options: object): Consumer {
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code]: readonly unknown[]) => code);
  const said = new Map(
    ['ready', 'working'].map((word) => [word, Promise.withResolvers<undefined>()] as const),
  );
  createInterface({ input: child.stdout }).on('line', (line) => said.get(line)?.resolve(undefined));
  const word = (name: string) => Promise.race([said.get(name)?.promise, ended]);
  return {
    ready: word('ready'),
    begin: () => void child.stdin.write('begin\n'),
    working: word('working'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
      return child.signalCode === 'SIGKILL';
    },
    ended,
  };
}

export interface KillOptions {
  /** Of `bundleProgram`. It gets the options as JSON. */
  readonly program: string;
  readonly kills: number;
  /** How long a consumer works before it is killed, from its first effect. */
  readonly workMs: () => number;
  /** Told when a consumer is dead, before the next begins. */
  readonly onKilled: () => Promise<void>;
}

/**
 * Kills one consumer after the other in the middle of its work, then lets one end. Each is loaded while the one before works.
 * @returns how many were at work when they were killed
 */
export async function killConsumers(
  options: object,
  { program, kills, workMs, onKilled }: KillOptions,
): Promise<number> {
  let killedAtWork = 0;
  let next = startConsumer(program, options);
  try {
    for (let kill = 0; kill < kills; kill += 1) {
      const consumer = next;
      await consumer.ready;
      consumer.begin();
      next = startConsumer(program, options);
      await consumer.working;
      await wait(workMs());
      if (await consumer.kill()) killedAtWork += 1;
      await onKilled();
    }
    await next.ready;
    next.begin();
    const code = await next.ended;
    if (code !== 0) throw new Error(`the last consumer ended with ${String(code)}`);
    return killedAtWork;
  } finally {
    await next.kill();
  }
}
