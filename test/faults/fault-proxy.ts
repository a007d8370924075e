import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, request as openRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import type { Body, Fault, Plan, ProxiedRequest } from './fault.ts';
import type { PartialRequest } from './partial-request.ts';
import { firstEntries, isBatchOperation, withoutStatements } from './partial-request.ts';

/** Stands between DynamoDB clients and an engine, and has go wrong what its plan says. */
export interface FaultProxy {
  readonly endpoint: string;
  /** The requests from now on go by this plan. */
  readonly setPlan: (plan: Plan) => void;
  /** How many requests came, by operation. */
  readonly requests: () => Readonly<Record<string, number>>;
  /** How many faults were carried out, by kind. */
  readonly faults: () => Readonly<Record<string, number>>;
  /** Ends everything, those that hang included. */
  readonly stop: () => Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

/** @param target the engine's URL */
export async function startFaultProxy({ target }: { readonly target: string }): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const stopped = new AbortController();
  const requests = new Map<string, number>();
  const faults = new Map<string, number>();
  let plan: Plan = () => undefined;
  let number = 0;
  let stopping: Promise<void> | undefined;

  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const bytes = await buffer(incoming);
    const request = read(incoming.headers, bytes, (number += 1));
    add(requests, request.operation);
    const planned = plan(request);
    const fault = planned !== undefined && fits(planned, request) ? planned : undefined;
    if (fault !== undefined) add(faults, fault.kind);
    const forward = (body: Buffer) => post(target, incoming.headers, { body, agent, signal: stopped.signal });
    end(response, await carryOut(fault, { request, bytes, forward, stopped: stopped.signal }));
  };
  const server = createServer((incoming, response) => {
    // What fails here is a connection that is gone, on either side: the other side must see it gone too.
    handle(incoming, response).catch(() => incoming.socket.destroy());
  });
  const stop = async (): Promise<void> => {
    stopped.abort();
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    agent.destroy();
    await closed;
  };
  // A client that keeps a connection for its next request must not find it closed by us.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    setPlan(next) {
      plan = next;
    },
    requests: () => Object.fromEntries(requests),
    faults: () => Object.fromEntries(faults),
    stop: () => (stopping ??= stop()),
  };
}

const add = (counts: Map<string, number>, name: string): unknown =>
  counts.set(name, (counts.get(name) ?? 0) + 1);

function read(headers: IncomingHttpHeaders, bytes: Buffer, number: number): ProxiedRequest {
  const operation = String(headers['x-amz-target']).split('.').at(-1) ?? '';
  return { operation, body: parse(bytes), number };
}

const parse = (bytes: Buffer): Body =>
  bytes.length === 0 ? {} : (JSON.parse(bytes.toString('utf8')) as Body);

function fits(fault: Fault, { operation, body }: ProxiedRequest): boolean {
  if (fault.kind === 'throttle-statements') return operation === 'BatchExecuteStatement';
  return fault.kind !== 'unprocessed' || (isBatchOperation(operation) && fault.keep < entriesIn(body));
}

const entriesIn = (body: Body): number =>
  Object.values((body['RequestItems'] ?? {}) as Body)
    .map((request) => (Array.isArray(request) ? request : ((request as Body)['Keys'] as readonly unknown[])))
    .reduce((sum, entries) => sum + entries.length, 0);

/** What the client gets to see. */
type Ending =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'half'; readonly answer: Answer }
  | { readonly kind: 'silence' }
  | { readonly kind: 'break' };

interface Exchange {
  readonly request: ProxiedRequest;
  readonly bytes: Buffer;
  readonly forward: (body: Buffer) => Promise<Answer>;
  readonly stopped: AbortSignal;
}

async function carryOut(fault: Fault | undefined, exchange: Exchange): Promise<Ending> {
  const { request, bytes, forward, stopped } = exchange;
  switch (fault?.kind) {
    case undefined:
      return { kind: 'answer', answer: await forward(bytes) };
    case 'delay':
      await wait(fault.delayMs, undefined, { signal: stopped });
      return { kind: 'answer', answer: await forward(bytes) };
    case 'throttle':
      return { kind: 'answer', answer: refusal(400, fault.error) };
    case 'server-error':
      return { kind: 'answer', answer: refusal(500, 'InternalServerError') };
    case 'throttle-statements':
    case 'unprocessed':
      return { kind: 'answer', answer: await forwardPart(partOf(request, fault), forward) };
    case 'hang':
      return { kind: 'silence' };
    case 'reset-before':
      return { kind: 'break' };
    case 'reset-after':
      return { kind: 'half', answer: await forward(bytes) };
  }
}

const partOf = (
  { operation, body }: ProxiedRequest,
  fault: Extract<Fault, { readonly kind: 'throttle-statements' | 'unprocessed' }>,
): PartialRequest =>
  fault.kind === 'throttle-statements'
    ? withoutStatements(body, fault.at)
    : firstEntries(operation === 'BatchGetItem' ? operation : 'BatchWriteItem', body, fault.keep);

/** Where nothing at all went on, DynamoDB refuses a batch of items as a whole, and a batch of statements one by one. */
async function forwardPart(
  { forward, complete }: PartialRequest,
  send: (body: Buffer) => Promise<Answer>,
): Promise<Answer> {
  if (forward === undefined)
    return 'Responses' in complete({})
      ? { status: 200, body: toBytes(complete({})) }
      : refusal(400, 'ProvisionedThroughputExceededException');
  const answer = await send(toBytes(forward));
  return answer.status === 200 ? { status: 200, body: toBytes(complete(parse(answer.body))) } : answer;
}

const toBytes = (body: Body): Buffer => Buffer.from(JSON.stringify(body));

const namespaces: Readonly<Record<string, string>> = { ThrottlingException: 'com.amazon.coral.availability' };

const refusal = (status: number, error: string): Answer => ({
  status,
  body: toBytes({
    __type: `${namespaces[error] ?? 'com.amazonaws.dynamodb.v20120810'}#${error}`,
    message: `${error}, made by the proxy`,
  }),
});

/** Without `x-amz-crc32`, which would have to be right. */
const headersFor = ({ body }: Answer) => ({
  'content-type': 'application/x-amz-json-1.0',
  'content-length': body.length,
});

function end(response: ServerResponse, ending: Ending): void {
  switch (ending.kind) {
    case 'answer':
      response.writeHead(ending.answer.status, headersFor(ending.answer));
      response.end(ending.answer.body);
      return;
    case 'half': {
      const { body } = ending.answer;
      response.writeHead(ending.answer.status, headersFor(ending.answer));
      response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
      return;
    }
    case 'break':
      response.destroy();
      return;
    case 'silence':
      return;
  }
}

async function post(
  target: string,
  headers: IncomingHttpHeaders,
  { body, agent, signal }: { readonly body: Buffer; readonly agent: Agent; readonly signal: AbortSignal },
): Promise<Answer> {
  const passedOn = Object.entries(headers).filter(([name]) =>
    /^(x-amz|content-type|authorization)/.test(name),
  );
  const request = openRequest(target, {
    method: 'POST',
    agent,
    signal,
    headers: { ...Object.fromEntries(passedOn), 'content-length': body.length },
  });
  request.end(body);
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: await buffer(answer) };
}
