import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** What it does with a request: pass it on, break the connection, refuse the keys, or wait until it becomes another. */
export type ProxyMode = 'pass' | 'break' | 'refuse' | 'hang';

export interface StreamsProxy {
  readonly endpoint: string;
  /** How many came so far. */
  readonly requests: () => number;
  readonly become: (mode: ProxyMode) => void;
  readonly close: () => void;
}

/** Stands between a client and a local engine. */
export async function startStreamsProxy(target: string): Promise<StreamsProxy> {
  let mode: ProxyMode = 'pass';
  let requests = 0;
  let changed = Promise.withResolvers<undefined>();
  const server = createServer((request, response) => {
    requests += 1;
    const answer = async () => {
      const body = await buffer(request);
      if (mode === 'hang') await changed.promise;
      if (mode === 'break') return request.socket.destroy();
      if (mode === 'refuse') {
        response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
        return response.end(
          '{"__type":"com.amazon.coral#ExpiredTokenException","message":"The token expired"}',
        );
      }
      const headers = Object.entries(request.headers).filter(([name]) =>
        /^(x-amz|content-type|authorization)/.test(name),
      );
      const passed = await fetch(target, { method: 'POST', body, headers: headers as [string, string][] });
      response.writeHead(passed.status, { 'content-type': 'application/x-amz-json-1.0' });
      return response.end(await passed.text());
    };
    void answer();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests: () => requests,
    become: (next) => {
      mode = next;
      changed.resolve(undefined);
      changed = Promise.withResolvers();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
