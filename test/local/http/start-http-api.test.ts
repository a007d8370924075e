import { request as httpRequest } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { InvocationResult } from '../../../src/local/function/invocation.ts';
import type { RequestReport } from '../../../src/local/http/start-http-api.ts';
import { startHttpApi } from '../../../src/local/http/start-http-api.ts';

type Respond = (event: APIGatewayProxyEventV2, abandoning: AbortSignal) => Promise<InvocationResult>;

/** An API before a function of this process, on a real socket. */
async function serve(respond: Respond, routeKeys: readonly string[] = ['$default'], timeoutMs = 5_000) {
  const events: APIGatewayProxyEventV2[] = [];
  const reports: RequestReport[] = [];
  const errors: Error[] = [];
  const api = await startHttpApi({
    apiId: 'Api',
    accountId: '000000000000',
    onRequest: (_, report) => reports.push(report),
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => api.stop({ abandon: true }).catch(() => undefined));
  const target = {
    functionName: 'web',
    timeoutMs,
    invoke: async (eventJson: string, abandoning: AbortSignal) => {
      const event = JSON.parse(eventJson) as APIGatewayProxyEventV2;
      events.push(event);
      return { requestId: 'r', durationMs: 1, result: await respond(event, abandoning) };
    },
  };
  api.setRoutes(routeKeys.map((routeKey) => ({ routeKey, target })));
  return { ...api, events, reports, errors };
}

const returning =
  (response: unknown): Respond =>
  () =>
    Promise.resolve({ kind: 'returned', response });
const echo: Respond = (event) => Promise.resolve({ kind: 'returned', response: event });

/** Sends a request as it is, where `fetch` would put it right. */
const send = (url: string, path: string, headers: Record<string, string | string[]> = {}, body?: Buffer) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>(
    (resolve, reject) => {
      const sending = httpRequest(url, { path, headers, method: body ? 'POST' : 'GET' }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      });
      sending.on('error', reject).end(body);
    },
  );

describe('a request to an HTTP API', () => {
  it('comes to the function as an event of format 2.0', async () => {
    const { url, events } = await serve(echo, ['POST /orders/{id}']);
    const headers = { 'X-Many': ['1', '2'], Cookie: 'a=1; b=2', 'Content-Type': 'application/json' };
    await send(url, '/orders/o%201?n=1&n=2&m=%C3%BC', headers, Buffer.from('{"ü":1}'));
    const { requestContext, headers: sent, ...event } = events[0] ?? ({} as APIGatewayProxyEventV2);
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /orders/{id}',
      rawPath: '/orders/o 1',
      rawQueryString: 'n=1&n=2&m=%C3%BC',
      cookies: ['a=1', 'b=2'],
      queryStringParameters: { n: '1,2', m: 'ü' },
      pathParameters: { id: 'o 1' },
      body: '{"ü":1}',
      isBase64Encoded: false,
    });
    expect(sent).toMatchObject({
      'x-many': '1,2',
      'content-type': 'application/json',
      host: url.slice('http://'.length),
      'x-forwarded-proto': 'http',
      'x-forwarded-for': '127.0.0.1',
    });
    expect(sent).not.toHaveProperty('cookie');
    expect(requestContext).toMatchObject({
      apiId: 'Api',
      http: { method: 'POST', path: '/orders/o 1', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1' },
      routeKey: 'POST /orders/{id}',
      stage: '$default',
      time: expect.stringMatching(/^\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d \+0000$/) as string,
    });
  });

  it('has nothing in the event that was not sent', async () => {
    const { url, events } = await serve(echo);
    await send(url, '/');
    expect(Object.keys(events[0] ?? {}).toSorted()).toEqual(
      [
        'version',
        'routeKey',
        'rawPath',
        'rawQueryString',
        'headers',
        'requestContext',
        'isBase64Encoded',
      ].toSorted(),
    );
  });

  it.each([
    ['text/plain; charset=utf-8', false],
    ['application/json', false],
    ['application/xml;charset=utf-8', false],
    ['application/jsonlines', true],
    ['application/x-www-form-urlencoded', true],
    ['application/octet-stream', true],
    ['', true],
  ])('with a body of type "%s" brings it in base64: %s', async (type, isBase64Encoded) => {
    const { url, events } = await serve(echo);
    await send(url, '/', type === '' ? {} : { 'content-type': type }, Buffer.from('hi'));
    expect(events).toMatchObject([{ isBase64Encoded, body: isBase64Encoded ? 'aGk=' : 'hi' }]);
  });

  it('is answered with the bytes, the headers and the cookies of the function', async () => {
    const png = Buffer.from([0x89, 0x50, 0x00, 0xff]);
    const { url } = await serve(
      returning({
        statusCode: 203,
        headers: { 'content-type': 'image/png' },
        cookies: ['a=1', 'b=2'],
        body: png.toString('base64'),
        isBase64Encoded: true,
      }),
    );
    const response = await fetch(url);
    expect(response.status).toBe(203);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(png);
  });

  it('is answered by API Gateway where no function can', async () => {
    const { url, events } = await serve(echo, ['GET /orders/{id}', 'POST /orders']);
    const notFound = { status: 404, text: '{"message":"Not Found"}' };
    expect(await send(url, '/else')).toMatchObject(notFound);
    expect(await send(url, '/orders/%E0')).toMatchObject({ status: 400, text: '{"message":"Bad Request"}' });
    const large = Buffer.alloc(6 * 1024 * 1024, 'x');
    expect(await send(url, '/orders', { 'content-type': 'text/plain' }, large)).toMatchObject({
      status: 413,
    });
    expect(events).toEqual([]);
  });

  it('is answered by an error that tells nothing, and reported with the route and the reason', async () => {
    const failing = await serve(() =>
      Promise.resolve({ kind: 'function-error', reason: 'the function threw an error (E)' }),
    );
    expect(await send(failing.url, '/secret')).toMatchObject({
      status: 500,
      text: '{"message":"Internal Server Error"}',
    });
    expect(failing.reports).toEqual([
      {
        routeKey: '$default',
        status: 500,
        durationMs: expect.any(Number) as number,
        failure: 'the function threw an error (E)',
      },
    ]);
    const bad = await serve(returning({ statusCode: 200, headers: { 'x-bad': 'a\nb' }, body: '' }));
    expect(await send(bad.url, '/')).toMatchObject({ status: 500 });
    const broken = await serve(() => Promise.reject(new TypeError('no such function')));
    expect(await send(broken.url, '/')).toMatchObject({ status: 500 });
    expect(broken.errors).toMatchObject([{ message: 'no such function' }]);
  });

  it('is answered without the function when that takes too long', async () => {
    const ended = vi.fn();
    const slow = await serve(
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 300));
        ended();
        return { kind: 'returned', response: 'late' };
      },
      ['$default'],
      50,
    );
    expect(await send(slow.url, '/')).toMatchObject({
      status: 503,
      text: '{"message":"Service Unavailable"}',
    });
    expect(slow.reports).toMatchObject([{ status: 503, failure: 'it took longer than API Gateway waits' }]);
    expect(ended).not.toHaveBeenCalled();
    await expect.poll(() => ended.mock.calls.length).toBe(1);
  });
});

describe('an HTTP API that is stopped', () => {
  const held = () => {
    const release = Promise.withResolvers<InvocationResult>();
    const started = Promise.withResolvers<AbortSignal>();
    const respond: Respond = (_, abandoning) => {
      started.resolve(abandoning);
      return release.promise;
    };
    return { release, started, respond };
  };

  it('answers what runs, and takes nothing more', async () => {
    const { release, started, respond } = held();
    const api = await serve(respond);
    const running = send(api.url, '/');
    await started.promise;
    const stopping = api.stop();
    await expect(send(api.url, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    release.resolve({ kind: 'returned', response: 'done' });
    expect(await running).toMatchObject({ status: 200, text: 'done' });
    await stopping;
  });

  it('breaks off what runs if it is told to', async () => {
    const { started, respond } = held();
    const api = await serve(respond);
    const running = send(api.url, '/').catch((error: unknown) => error);
    const signal = await started.promise;
    await api.stop({ abandon: true });
    expect(signal.aborted).toBe(true);
    expect(await running).toMatchObject({ code: 'ECONNRESET' });
  });
});
