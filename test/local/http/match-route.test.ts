import { describe, expect, it } from 'vitest';
import { matchRoute } from '../../../src/local/http/match-route.ts';

const routesOf = (...keys: readonly string[]) => keys.map((routeKey) => ({ routeKey, target: routeKey }));
const find = (keys: readonly string[], request: string) => {
  const [method = '', path = ''] = request.split(' ');
  return matchRoute(routesOf(...keys), method, path);
};

/** The example of API Gateway's documentation. */
const documented = [
  'GET /pets/dog/1',
  'GET /pets/dog/{id}',
  'GET /pets/{proxy+}',
  'ANY /{proxy+}',
  '$default',
];

describe('the route of a request', () => {
  it.each([
    ['GET /pets/dog/1', 'GET /pets/dog/1', {}],
    ['GET /pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
    ['GET /pets/cat/1', 'GET /pets/{proxy+}', { proxy: 'cat/1' }],
    ['POST /test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
    ['GET /', '$default', {}],
  ])('%s is %s, in whatever order the routes are', (request, routeKey, pathParameters) => {
    for (const keys of [documented, documented.toReversed()])
      expect(find(keys, request)).toEqual({ routeKey, target: routeKey, pathParameters });
  });

  it.each([
    [['ANY /orders', 'GET /orders'], 'GET /orders', 'GET /orders'],
    [['ANY /orders', 'GET /orders'], 'PUT /orders', 'ANY /orders'],
    [['GET /{a}/items', 'GET /orders/{b}'], 'GET /orders/items', 'GET /orders/{b}'],
    [['ANY /orders/new', 'GET /orders/{id}'], 'GET /orders/new', 'ANY /orders/new'],
    [['GET /orders/{proxy+}', 'GET /{a}/items'], 'GET /orders/items', 'GET /{a}/items'],
    [['GET /{proxy+}', 'GET /a/b/{proxy+}', 'GET /a/{proxy+}'], 'GET /a/b/c', 'GET /a/b/{proxy+}'],
  ])('of %j for %s is %s', (keys, request, routeKey) => {
    expect(find(keys, request)?.routeKey).toBe(routeKey);
  });

  it.each([
    [['GET /orders'], 'POST /orders'],
    [['GET /orders'], 'GET /orders/'],
    [['GET /orders'], 'GET /orders/1'],
    [['GET /orders'], 'GET /my/orders'],
    [['GET /orders/{id}'], 'GET /orders/'],
    [['GET /orders/{proxy+}'], 'GET /orders'],
    [['GET /a.b'], 'GET /aXb'],
    [[], 'GET /'],
  ])('is not in %j for %s', (keys, request) => {
    expect(find(keys, request)).toBeUndefined();
  });

  it('has its variables decoded, a slash in one of them too', () => {
    expect(find(['GET /orders/{id}'], 'GET /orders/a%2Fb%20c')?.pathParameters).toEqual({ id: 'a/b c' });
    expect(() => find(['GET /orders/{id}'], 'GET /orders/%E0%A4')).toThrow(URIError);
  });
});
