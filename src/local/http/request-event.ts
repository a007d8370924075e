import type { APIGatewayProxyEventV2 } from 'aws-lambda';

/** A request as it arrived. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, still encoded. */
  readonly target: string;
  /** By lower-case name, each value that was sent. */
  readonly headers: Readonly<Record<string, readonly string[] | undefined>>;
  readonly body: Buffer;
  readonly protocol: string;
  readonly sourceIp: string;
}

export interface RequestIdentity {
  readonly apiId: string;
  readonly accountId: string;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
  readonly requestId: string;
  readonly at: Date;
  readonly port: number;
}

/**
 * The event of payload format 2.0, with the path decoded as HTTP APIs do it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function requestEvent(request: HttpRequest, identity: RequestIdentity): APIGatewayProxyEventV2 {
  const { method, target, body, sourceIp, protocol } = request;
  const { routeKey, requestId, at, port, pathParameters } = identity;
  const { path, query } = splitTarget(target);
  const rawPath = decodeURIComponent(path);
  const { cookie = [], ...others } = request.headers;
  const sent: HttpRequest['headers'] = {
    ...others,
    'x-forwarded-for': [sourceIp],
    'x-forwarded-port': [String(port)],
    'x-forwarded-proto': ['http'],
  };
  const headers: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(sent).map(([name, values = []]) => [name, values.join(',')]),
  );
  const cookies = cookie.flatMap((line) => line.split(/; */)).filter((one) => one !== '');
  const isText = textTypes.test(headers['content-type'] ?? '');
  return {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString: query,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(query !== '' && { queryStringParameters: joinedParameters(query) }),
    requestContext: {
      accountId: identity.accountId,
      apiId: identity.apiId,
      domainName: 'localhost',
      domainPrefix: 'localhost',
      http: { method, path: rawPath, protocol, sourceIp, userAgent: headers['user-agent'] ?? '' },
      requestId,
      routeKey,
      stage: '$default',
      time: commonLogTime(at),
      timeEpoch: at.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/**
 * What reaches a function as text; all else, and a body without a type, comes in base64. AWS does not say which: somebody
 * has tried it.
 * @see https://github.com/ministackorg/ministack/pull/766
 */
const textTypes = /^(?:text\/|application\/(?:json|xml|javascript)\s*(?:;|$))/i;

export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const mark = target.indexOf('?');
  return mark === -1
    ? { path: target, query: '' }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/** Several values of one name are one, with commas. */
function joinedParameters(query: string): Readonly<Record<string, string>> {
  const parameters = new URLSearchParams(query);
  return Object.fromEntries([...parameters.keys()].map((name) => [name, parameters.getAll(name).join(',')]));
}

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(at: Date): string {
  const [, day = '', month = '', year = '', time = ''] = at.toUTCString().split(' ');
  return `${day}/${month}/${year}:${time} +0000`;
}
