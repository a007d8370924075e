import { describe, expect, it } from 'vitest';
import { httpAnswer } from '../../../src/local/http/http-answer.ts';

const answerTo = (response: unknown) => {
  const { status, headers, body } = httpAnswer({ kind: 'returned', response });
  return { status, headers, body: body.toString() };
};
const json = { 'content-type': 'application/json' };
const internalError = { status: 500, headers: json, body: '{"message":"Internal Server Error"}' };

describe('the answer to a request', () => {
  it.each([
    ['Hello from Lambda!', 'Hello from Lambda!'],
    [{ message: 'hello' }, '{"message":"hello"}'],
    [[1, 2], '[1,2]'],
    [7, '7'],
    [null, 'null'],
  ])('is the response %j itself if that has no statusCode', (response, body) => {
    expect(answerTo(response)).toEqual({ status: 200, headers: json, body });
  });

  it('is what the response says if it has one', () => {
    const headers = { 'Content-Type': 'text/html', 'X-Count': 3, 'Content-Length': '999' };
    expect(answerTo({ statusCode: 201, headers, body: '<p>', cookies: ['a=1; Secure', 'b=2'] })).toEqual({
      status: 201,
      headers: { 'content-type': 'text/html', 'x-count': '3', 'set-cookie': ['a=1; Secure', 'b=2'] },
      body: '<p>',
    });
    expect(answerTo({ statusCode: '204' })).toEqual({
      status: 204,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: '',
    });
    expect(answerTo({ statusCode: 200, body: 'aGk=', isBase64Encoded: true })).toMatchObject({ body: 'hi' });
  });

  it.each([
    { statusCode: 'good' },
    { statusCode: 99 },
    { statusCode: 600 },
    { statusCode: 200, body: { an: 'object' } },
    { statusCode: 200, headers: 'none' },
    { statusCode: 200, cookies: 'a=1' },
  ])('is an error of the server for %j', (response) => {
    expect(answerTo(response)).toEqual(internalError);
  });

  it('says nothing of what went wrong in the function', () => {
    const { status, body } = httpAnswer({ kind: 'function-error', reason: 'secret', error: 'secret' });
    expect({ status, body: body.toString() }).toEqual({ status: 500, body: internalError.body });
    expect(httpAnswer({ kind: 'not-invoked', reason: 'throttled' }).status).toBe(500);
  });
});
