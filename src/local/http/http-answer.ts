import { isObject } from '../../stream/record.ts';
import type { InvocationResult } from '../function/invocation.ts';

/** What is sent back. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/** An answer of API Gateway's own. */
export const gatewayAnswer = (status: number, message: string): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message })),
});

/** All that is said of what went wrong behind it. */
export const internalError = gatewayAnswer(500, 'Internal Server Error');

/**
 * Makes a function's response of format 2.0 an answer: without a `statusCode` the response itself is the body. One that
 * HTTP cannot carry, and whatever went wrong in the function, is an error of the server that says no more.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function httpAnswer(result: InvocationResult): HttpAnswer {
  if (result.kind !== 'returned') return internalError;
  const { response } = result;
  if (!isObject(response) || response['statusCode'] === undefined)
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(typeof response === 'string' ? response : JSON.stringify(response)),
    };
  const { statusCode, headers = {}, cookies = [], body = '', isBase64Encoded } = response;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return internalError;
  if (typeof body !== 'string' || !isObject(headers) || !Array.isArray(cookies)) return internalError;
  return {
    status,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      ...Object.fromEntries(
        Object.entries(headers)
          .filter(([name]) => !ofTheConnection.has(name.toLowerCase()))
          .map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
      ...(cookies.length > 0 && { 'set-cookie': cookies.map(String) }),
    },
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

/** Headers that are the server's to write. */
const ofTheConnection: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
]);
