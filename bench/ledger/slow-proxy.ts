import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';

export interface SlowProxyOptions {
  /** Where what comes is passed on to. */
  readonly target: string;
  readonly delayMs: number;
}

export interface SlowProxy extends AsyncDisposable {
  readonly endpoint: string;
}

/**
 * As far away as a DynamoDB of the same region: what comes is passed on after a while, what is answered at once. It holds
 * back bytes and does not read HTTP, which would take more of the processor than the engine itself; a client that waits
 * for one answer before it asks again on the same connection, as the SDK does, sees each of its requests delayed once.
 */
export async function startSlowProxy({ target, delayMs }: SlowProxyOptions): Promise<SlowProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    open.add(socket);
    return socket.setNoDelay(true).once('close', () => open.delete(socket));
  };
  const server = createServer((client) => {
    const engine = keep(connect(Number(port), hostname));
    keep(client);
    const end = (): void => {
      client.destroy();
      engine.destroy();
    };
    client.on('data', (bytes) => setTimeout(() => engine.write(bytes), delayMs));
    engine.on('data', (bytes) => client.write(bytes));
    for (const socket of [client, engine]) socket.on('error', end).on('close', end);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port.');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      open.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}
