import { once } from 'node:events';
import { createServer } from 'node:net';
import { LocalStackError } from '../../errors.ts';
import { portTaken } from './port-taken.ts';
import { runGuarded } from './guarded-program.ts';
import type { Environment } from './local-environment.ts';

export interface RunningEngine {
  readonly endpoint: string;
  /** Calls back after each write; gives back how to end that. Not there if the engine does not tell of its writes. */
  readonly onWrite?: (listener: () => void) => () => void;
  /** Resolves if the engine ends without having been told to. */
  readonly died: Promise<LocalStackError>;
  readonly stop: () => Promise<void>;
}

export interface DynoxideParts {
  readonly path: string;
  /** The file of the database; without one, it is kept in memory. */
  readonly databaseFile?: string;
  readonly environment: Environment;
  /** Default: one that is free. */
  readonly port?: number;
}

/** dynoxide logs an operation by its name when it answers, and nothing of its content. */
const tellsOfRequest = /DEBUG.* (?:request|response) .*operation=/;
const tellsOfWrite =
  /response .*operation="(?:PutItem|UpdateItem|DeleteItem|BatchWriteItem|TransactWriteItems|ExecuteStatement|BatchExecuteStatement|ExecuteTransaction)"/;

const startLimitMs = 10_000;
const portsToTry = 5;

/**
 * A port that is free now may be taken a moment later, and dynoxide cannot choose one for itself, so it is started again
 * with another. A server counts only if our own child says that it listens: anyone may answer on a port.
 */
export async function startDynoxide(parts: DynoxideParts): Promise<RunningEngine> {
  if (parts.port !== undefined) await checkFree(parts.port);
  let said: readonly string[] = [];
  for (let attempt = 1; attempt <= portsToTry; attempt += 1) {
    const started = await tryPort(parts.port ?? (await freePort()), parts);
    if (started.kind === 'listening') return started.engine;
    said = started.said;
  }
  throw new LocalStackError(
    `dynoxide (${parts.path}) could not be started, ${portsToTry} times in a row. The last time it said: ` +
      (said.join(' ') || 'nothing'),
  );
}

type Attempt =
  | { readonly kind: 'listening'; readonly engine: RunningEngine }
  | { readonly kind: 'failed'; readonly said: readonly string[] };

async function tryPort(port: number, { path, databaseFile, environment }: DynoxideParts): Promise<Attempt> {
  const endpoint = `http://127.0.0.1:${port}`;
  const listening = Promise.withResolvers<'listening'>();
  let said: readonly string[] = [];
  const listeners = new Set<() => void>();
  const program = runGuarded({
    path,
    arguments: [
      'serve',
      '--port',
      String(port),
      ...(databaseFile === undefined ? [] : ['--db-path', databaseFile]),
    ],
    environment: { ...environment, RUST_LOG: 'dynoxide::server=debug', NO_COLOR: '1' },
    onLine: (line) => {
      if (tellsOfRequest.test(line)) {
        if (tellsOfWrite.test(line)) listeners.forEach((listener) => listener());
        return;
      }
      said = [...said, line].filter((one) => one !== '').slice(-10);
      if (line.includes(`listening on ${endpoint}`)) listening.resolve('listening');
    },
  });
  const limit = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => limit.resolve('late'), startLimitMs);
  const first = await Promise.race([
    listening.promise,
    limit.promise,
    program.exited.then(() => 'exited' as const),
  ]).finally(() => clearTimeout(timer));
  if (first !== 'listening') {
    await program.stop();
    return { kind: 'failed', said: first === 'late' ? [...said, `(not up after ${startLimitMs} ms)`] : said };
  }

  let isStopping = false;
  const died = Promise.withResolvers<LocalStackError>();
  void program.exited.then(() => {
    const message = `dynoxide at ${endpoint} has ended by itself. It last said: ${said.join(' ')}`;
    if (!isStopping) died.resolve(new LocalStackError(message));
  });
  return {
    kind: 'listening',
    engine: {
      endpoint,
      onWrite: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      died: died.promise,
      stop: () => {
        isStopping = true;
        return program.stop();
      },
    },
  };
}

/** @throws LocalStackError if somebody else listens there */
async function checkFree(port: number): Promise<void> {
  try {
    await freePort(port);
  } catch (cause) {
    throw portTaken(port, cause);
  }
}

async function freePort(wanted = 0): Promise<number> {
  const server = createServer().listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new LocalStackError('There is no free port.');
  return address.port;
}
