import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { finished } from 'node:stream/promises';
import { maximumPayloadBytes } from '../function/invocation.ts';
import type { HttpAnswer } from './http-answer.ts';
import { gatewayAnswer, httpAnswer, internalError } from './http-answer.ts';
import type { HttpIntegration } from './integration.ts';
import { failureIn, integrate } from './integration.ts';
import type { Route, RouteMatch } from './match-route.ts';
import { matchRoute } from './match-route.ts';
import { requestEvent, splitTarget } from './request-event.ts';

/** One request that reached a function, when its answer is known. */
export interface RequestReport {
  /** Not the path, which may hold a user's data. */
  readonly routeKey: string;
  readonly status: number;
  readonly durationMs: number;
  /** Why the function gave no answer of its own; undefined if it did. */
  readonly failure: string | undefined;
}

export interface HttpApiParts {
  readonly apiId: string;
  readonly accountId: string;
  readonly onRequest: (functionName: string, report: RequestReport) => void;
  readonly onError: (error: Error) => void;
}

export interface HttpApi {
  /** `http://127.0.0.1:49152` */
  readonly url: string;
  /** From the next request on. At first there are none: nothing is found. */
  readonly setRoutes: (routes: readonly Route<HttpIntegration>[]) => void;
  /** Takes no more requests, and answers those that have reached a function unless it is told to abandon them. */
  readonly stop: (options?: { readonly abandon?: boolean }) => Promise<void>;
}

/** Serves an HTTP API of API Gateway on a free port, for this machine alone. */
export async function startHttpApi(parts: HttpApiParts): Promise<HttpApi> {
  let routes: readonly Route<HttpIntegration>[] = [];
  const answering = new Set<Promise<void>>();
  const abandoning = new AbortController();

  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      // The client has gone, or nobody waits for an answer any more.
      if (body === undefined || abandoning.signal.aborted) return;
      const answered = answer(request, body).then((found) => write(response, found));
      answering.add(answered);
      void answered.finally(() => answering.delete(answered));
    });
  });

  const answer = async (request: IncomingMessage, body: Buffer): Promise<HttpAnswer> => {
    const { method = '', url = '/' } = request;
    try {
      const match = matchRoute(routes, method, splitTarget(url).path);
      return match ? await invoke(match, request, body) : gatewayAnswer(404, 'Not Found');
    } catch (error) {
      if (error instanceof URIError) return gatewayAnswer(400, 'Bad Request');
      parts.onError(error as Error);
      return internalError;
    }
  };

  const invoke = async (match: RouteMatch<HttpIntegration>, request: IncomingMessage, body: Buffer) => {
    const startedAt = performance.now();
    const { routeKey, pathParameters, target: integration } = match;
    const identity = { ...parts, routeKey, pathParameters, requestId: randomUUID(), at: new Date(), port };
    const event = requestEvent(
      {
        method: request.method ?? '',
        target: request.url ?? '/',
        headers: request.headersDistinct,
        body,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '',
      },
      identity,
    );
    const eventJson = JSON.stringify(event);
    if (Buffer.byteLength(eventJson) > maximumPayloadBytes)
      return gatewayAnswer(413, 'Request Entity Too Large');
    const result = await integrate(integration, eventJson, abandoning.signal);
    const found =
      result.kind === 'timed-out' ? gatewayAnswer(503, 'Service Unavailable') : httpAnswer(result);
    parts.onRequest(integration.functionName, {
      routeKey,
      status: found.status,
      durationMs: performance.now() - startedAt,
      failure: failureIn(result),
    });
    return found;
  };

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    setRoutes: (next) => (routes = next),
    stop: async ({ abandon = false } = {}) => {
      const closed = once(server, 'close');
      server.close();
      if (abandon) abandoning.abort();
      else await Promise.all(answering);
      server.closeAllConnections();
      await closed;
    },
  };
}

/** API Gateway's limit for a request, 10 MB. What is longer is not kept: it is too large for a function anyway. */
const maximumBodyBytes = 10 * 1024 * 1024;

/** Undefined if the client breaks off. */
async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length <= maximumBodyBytes) chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}

/** Resolves when all is sent, or nobody listens any more. */
async function write(response: ServerResponse, answer: HttpAnswer): Promise<void> {
  const send = ({ status, headers, body }: HttpAnswer) => {
    response.writeHead(status, { ...headers, 'content-length': body.length });
    response.end(body);
  };
  try {
    send(answer);
  } catch {
    // A header that HTTP does not allow.
    send(internalError);
  }
  await finished(response).catch(() => undefined);
}
