import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

/** What goes over the wire. `broken`: the connection closes without an answer; `cut`: after half of it. */
export type Reply =
  | { readonly kind: 'whole' | 'cut'; readonly status: number; readonly body: Buffer }
  | { readonly kind: 'broken' };

export interface ListeningEdge {
  readonly port: number;
  /** Closes all connections, those with a call under way too. */
  readonly stop: () => Promise<void>;
}

/** Serves AWS's JSON 1.0 protocol on 127.0.0.1 at a free port; connections are kept open between calls. */
export async function listen(
  reply: (target: string, body: string) => Promise<Reply>,
): Promise<ListeningEdge> {
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(request);
    send(response, await reply(String(request.headers['x-amz-target']), body));
  };
  const server = createServer({ noDelay: true, keepAliveTimeout: 60_000 }, (request, response) => {
    // A failure here is a client that has gone, or a bug of this server: either way the client must not wait.
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null)
    throw new TypeError('The Streams server listens, but has no port.');
  return {
    port: address.port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) if (chunk instanceof Buffer) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply.kind === 'broken') {
    response.destroy();
    return;
  }
  const { kind, status, body } = reply;
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0', 'Content-Length': body.length });
  if (kind === 'whole') response.end(body);
  else response.write(body.subarray(0, body.length / 2), () => response.destroy());
}
