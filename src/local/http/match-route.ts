/** A route of an HTTP API, with what is behind it. */
export interface Route<Target> {
  /** API Gateway's: `GET /orders/{orderId}`, `ANY /{proxy+}` or `$default`. */
  readonly routeKey: string;
  readonly target: Target;
}

export interface RouteMatch<Target> extends Route<Target> {
  /** Decoded, by the name in braces. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * The route of a request, or undefined if there is none. A full match goes before one of a greedy variable, and that before
 * `$default`. What AWS leaves open: of two full matches the one whose first variable is farther to the right is taken, of
 * two greedy ones the longer, and of two with one path the one that names the method.
 * @param path still encoded
 * @throws URIError for a path that cannot be decoded
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function matchRoute<Target>(
  routes: readonly Route<Target>[],
  method: string,
  path: string,
): RouteMatch<Target> | undefined {
  const [first] = routes
    .flatMap((route) => {
      const pattern = patternOf(route.routeKey);
      const values = pattern.method === 'ANY' || pattern.method === method ? pattern.path.exec(path) : null;
      return values ? [{ route, pattern, values: values.slice(1) }] : [];
    })
    .toSorted((a, b) => (a.pattern.rank < b.pattern.rank ? -1 : 1));
  if (first === undefined) return undefined;
  const { names } = first.pattern;
  const parameters = names.map(
    (name, index) => [name, decodeURIComponent(first.values[index] ?? '')] as const,
  );
  return { ...first.route, pathParameters: Object.fromEntries(parameters) };
}

interface Pattern {
  readonly method: string;
  readonly path: RegExp;
  readonly names: readonly string[];
  /** The lowest is taken: whether it is greedy, a digit for each part of the path, and one for the method. */
  readonly rank: string;
}

function patternOf(routeKey: string): Pattern {
  if (routeKey === '$default') return { method: 'ANY', path: /^/, names: [], rank: '2' };
  const [method = '', path = ''] = routeKey.split(' ');
  const parts = path.split('/').map(partOf);
  const isGreedy = parts.at(-1)?.rank === 2;
  return {
    method,
    path: new RegExp(`^${parts.map(({ source }) => source).join('/')}$`),
    names: parts.flatMap(({ name }) => (name === undefined ? [] : [name])),
    rank: [isGreedy ? 1 : 0, ...parts.map(({ rank }) => rank), method === 'ANY' ? 1 : 0].join(''),
  };
}

function partOf(part: string) {
  const { name, greedy } = /^\{(?<name>[^}+]+)(?<greedy>\+?)\}$/.exec(part)?.groups ?? {};
  if (name === undefined) return { name, source: part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), rank: 0 };
  return greedy === '+' ? { name, source: '(.+)', rank: 2 } : { name, source: '([^/]+)', rank: 1 };
}
