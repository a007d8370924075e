import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { onTestFinished } from 'vitest';
import type { InvocationResult } from '../../../src/local/index.ts';

/** What the service answers: what became of the invocation, an error of its own, or nothing at all. */
export type LambdaAnswer =
  | InvocationResult
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'error'; readonly status: number; readonly name: string }
  | { readonly kind: 'broken' };

export type Answer = (eventJson: string, functionName: string) => LambdaAnswer | Promise<LambdaAnswer>;

/**
 * Lambda's Invoke and no other operation, for the client of the SDK; stopped after the test.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function lambdaServer(answer: Answer) {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '')?.[1] ?? '';
      bodies.push(body);
      void Promise.resolve(answer(body, decodeURIComponent(name))).then((one) => {
        if (one.kind === 'broken') return request.socket.destroy();
        const { status, headers, text } = responseFor(one);
        response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const client = new LambdaClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return { client, bodies };
}

function responseFor(answer: Exclude<LambdaAnswer, { kind: 'broken' }>) {
  switch (answer.kind) {
    case 'returned':
      return { status: 200, headers: {}, text: JSON.stringify(answer.response) };
    case 'text':
      return { status: 200, headers: {}, text: answer.text };
    case 'function-error': {
      const { error } = answer;
      const failure =
        error instanceof Error
          ? { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') }
          : (error ?? { errorMessage: answer.reason });
      return { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, text: JSON.stringify(failure) };
    }
    case 'not-invoked':
    case 'abandoned':
      return errorResponse(429, 'TooManyRequestsException');
    case 'error':
      return errorResponse(answer.status, answer.name);
  }
}

const errorResponse = (status: number, name: string) => ({
  status,
  headers: { 'x-amzn-errortype': name },
  text: JSON.stringify({ Type: 'User', message: `a test asked for this ${name}` }),
});
