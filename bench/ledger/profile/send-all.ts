import { request as httpRequest, Agent } from 'node:http';

/** Sends lists of entries, so many at a time. */
export async function sendAll<Part>(
  parts: readonly Part[],
  inFlight: number,
  send: (part: Part) => Promise<unknown>,
): Promise<void> {
  const waiting = parts.values();
  const lane = async (): Promise<void> => {
    for (const part of waiting) await send(part);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}

export const cut = <Value>(values: readonly Value[], size: number): readonly (readonly Value[])[] =>
  Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );

export interface BareClient extends Disposable {
  readonly send: (operation: string, input: unknown) => Promise<unknown>;
}

/** The least that a client can do: JSON over HTTP, neither signed nor checked. The engine looks at no signature. */
export function bareClient(endpoint: string): BareClient {
  const agent = new Agent({ keepAlive: true });
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    authorization:
      'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
    'x-amz-date': '20260101T000000Z',
  };
  return {
    send: (operation, input) =>
      new Promise((resolve, reject) => {
        const body = JSON.stringify(input);
        const target = { 'x-amz-target': `DynamoDB_20120810.${operation}` };
        const length = { 'content-length': Buffer.byteLength(body) };
        const asked = httpRequest(
          endpoint,
          { method: 'POST', agent, headers: { ...headers, ...target, ...length } },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('end', () => {
              const text = Buffer.concat(chunks).toString();
              if (response.statusCode === 200) resolve(JSON.parse(text));
              else reject(new Error(text));
            });
          },
        );
        asked.on('error', reject).end(body);
      }),
    [Symbol.dispose]: () => agent.destroy(),
  };
}
