import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalStack } from '../../../src/local/index.ts';
import { startLocalStack } from '../../../src/local/index.ts';
import type { RequestReport } from '../../../src/local/index.ts';
import type { JsonObject } from '../../../src/local/template/json.ts';
import { lambda, resources, runService, teller, templateOf } from './small-service.ts';

let stack: LocalStack;
beforeAll(async () => {
  stack = await startLocalStack();
});
afterAll(() => stack.stop());

const api = (routeKeys: readonly string[], more: JsonObject = {}): JsonObject => ({
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { ProtocolType: 'HTTP' } },
  ToWeb: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { 'Fn::GetAtt': ['Web', 'Arn'] },
      PayloadFormatVersion: '2.0',
      ...more,
    },
  },
  ...Object.fromEntries(
    routeKeys.map((RouteKey, index) => [
      `Route${index}`,
      {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: {
          ApiId: { Ref: 'Api' },
          RouteKey,
          Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'ToWeb' }]] },
        },
      },
    ]),
  ),
});
const web = (more: JsonObject = {}) => lambda('web', { Timeout: 1, ...more });

const handler = (version: string) => `
export const handler = async ({ rawPath, body }) => {
  if (rawPath === '/throw') throw new Error('secret');
  if (rawPath === '/hang') await new Promise((resolve) => setTimeout(resolve, 60_000));
  return { statusCode: 200, body: ['${version}', rawPath, body, process.env.API].filter(Boolean).join(' ') };
};`;

async function run(stackName: string, ofApi: JsonObject, ofWeb: JsonObject = {}) {
  const requests: (RequestReport & { readonly functionName: string })[] = [];
  const service = await runService(
    stack,
    stackName,
    {
      'template.json': templateOf({ ...resources, Web: web(ofWeb), ...ofApi }),
      'told/index.mjs': teller(),
      'web/index.mjs': handler('first'),
    },
    { onRequest: (functionName, report) => requests.push({ functionName, ...report }) },
  );
  const url = service.service.applied().apiUrls.get('Api') ?? '';
  const get = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${url}${path}`, init);
    return [response.status, await response.text()] as const;
  };
  return { ...service, url, get, requests };
}

describe('the HTTP API of a service', () => {
  it('brings requests to a process of a function that no stream invokes, which knows its URL', async () => {
    const environment = { Environment: { Variables: { API: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } } };
    const { get, url, requests } = await run('web', api(['GET /a', 'POST /{proxy+}']), environment);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await get('/a')).toEqual([200, `first /a ${url}`]);
    const headers = { 'content-type': 'application/json' };
    expect(await get('/b/c', { method: 'POST', body: '{}', headers })).toEqual([200, `first /b/c {} ${url}`]);
    expect(await get('/b')).toEqual([404, '{"message":"Not Found"}']);
    expect(requests).toMatchObject([
      { functionName: 'web-Web', routeKey: 'GET /a', status: 200 },
      { functionName: 'web-Web', routeKey: 'POST /{proxy+}', status: 200 },
    ]);
  });

  it('answers for a function that throws, runs into its time limit, or is waited for no longer', async () => {
    const failing = await run('failing', api(['$default']));
    const internal = [500, '{"message":"Internal Server Error"}'];
    expect(await failing.get('/throw')).toEqual(internal);
    expect(await failing.get('/hang')).toEqual(internal);
    expect(await failing.get('/well')).toEqual([200, 'first /well']);
    expect(failing.requests.map(({ failure }) => failure)).toEqual([
      'the function threw an error (Error)',
      expect.stringContaining('Task timed out after 1.00 seconds') as string,
      undefined,
    ]);
    const impatient = await run('impatient', api(['$default'], { TimeoutInMillis: 100 }));
    expect(await impatient.get('/hang')).toEqual([503, '{"message":"Service Unavailable"}']);
  });

  it('takes over new code and other routes at the same URL, and is gone when it is taken out', async () => {
    const { get, service, write, templatePath, url } = await run('changing', api(['GET /a']));
    write({ 'web/index.mjs': handler('second') });
    write({ 'template.json': templateOf({ ...resources, Web: web(), ...api(['GET /b']) }) });
    await service.apply(templatePath);
    expect(service.applied().apiUrls.get('Api')).toBe(url);
    expect(await get('/a')).toEqual([404, '{"message":"Not Found"}']);
    expect(await get('/b')).toEqual([200, 'second /b']);

    write({ 'template.json': templateOf(resources) });
    await service.apply(templatePath);
    expect(service.applied().apiUrls.size).toBe(0);
    await expect(get('/b')).rejects.toThrow('fetch failed');
  });

  it('answers what runs before the service ends', async () => {
    const { get, service } = await run('ending', api(['$default']));
    const hanging = get('/hang');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await service.stop();
    expect(await hanging).toEqual([500, '{"message":"Internal Server Error"}']);
    await expect(get('/')).rejects.toThrow('fetch failed');
  });
});
