import { once } from 'node:events';
import { createServer } from 'node:net';
import { findDynamoDB } from '../../../src/local/stack/find-dynoxide.ts';
import { runGuarded } from '../../../src/local/stack/guarded-program.ts';

export interface ProfiledEngine extends AsyncDisposable {
  readonly endpoint: string;
}

/** The engine of the local stack with a log of one's own choice: the stack listens to it, which costs both sides. */
export async function startEngine(rustLog: string): Promise<ProfiledEngine> {
  const source = findDynamoDB({ platform: process.platform, arch: process.arch, environment: process.env });
  if (source.kind !== 'program') throw new Error('What is profiled is a dynoxide of our own.');
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const program = runGuarded({
    path: source.path,
    arguments: ['serve', '--port', String(port)],
    environment: { ...process.env, RUST_LOG: rustLog, NO_COLOR: '1' },
    onLine: () => undefined,
  });
  await untilAnswering(endpoint);
  return { endpoint, [Symbol.asyncDispose]: program.stop };
}

async function untilAnswering(endpoint: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await (await fetch(endpoint)).body?.cancel();
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
